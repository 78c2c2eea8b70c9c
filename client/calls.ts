import createClient, {
  type ClientPathsWithMethod,
  type Client as FetchClient,
  type MaybeOptionalInit,
} from "openapi-fetch";
import { LatchkeyProblem, problemOf } from "./errors.ts";
import { backOff, isConnectionError, isTransient, type RetryPolicy } from "./retry.ts";
import type { paths } from "./schema.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Success = 200 | 201 | 202 | 204;

export type PathsOf<M extends Method> = ClientPathsWithMethod<FetchClient<paths>, M>;

/** The parameters and the body of a request, as far as its operation has them. */
export type InitOf<M extends Method, Path extends PathsOf<M>> = Pick<
  NonNullable<MaybeOptionalInit<paths[Path], M>>,
  "params" | "body"
> & { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal | undefined };

/** The body of the answer that succeeds. */
export type AnswerOf<M extends Method, Path extends PathsOf<M>> = paths[Path][M] extends { responses: infer Responses }
  ? ContentOf<Responses[keyof Responses & Success]>
  : never;

type ContentOf<Response> = Response extends { content: infer Content } ? Content[keyof Content] : undefined;

type RequiredKeys<T> = { [Key in keyof T]-?: Record<never, never> extends Pick<T, Key> ? never : Key }[keyof T];

/** `Init` stands for InitOf, because the compiler counts arguments before it knows the path. */
type Call<M extends Method> = <Path extends PathsOf<M>, Init = InitOf<M, Path>>(
  path: Path,
  ...init: RequiredKeys<Init> extends never ? [init?: InitOf<M, Path>] : [init: InitOf<M, Path>]
) => Promise<AnswerOf<M, Path>>;

/**
 * Every operation of the API, by its path. Resolves to the body of the answer; rejects with a LatchkeyProblem, with the
 * signal's reason, or with the TypeError of fetch when there was no answer at all, however often it was asked for.
 */
export type Calls = { readonly [M in Method]: Call<M> };

export interface CallOptions {
  readonly baseUrl: string;
  /** An access token, or what gives one; asked before each attempt, so that it may refresh. None for share links alone. */
  readonly token?: string | (() => string | Promise<string>);
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * POSTs that get no key. Most make nothing: a key would only cost the API a record of each answer, and who opens a link has
 * no user to keep one for. Uppy's doors take none.
 */
const withoutKey: ReadonlySet<string> = new Set([
  "/v1/urls",
  "/v1/cookies",
  "/v1/credentials",
  "/v1/photos/{photoId}/complete",
  "/v1/photos/{photoId}/delete-url",
  "/v1/photos/{photoId}/multipart/parts",
  "/v1/photos/{photoId}/multipart/complete",
  "/v1/links/{link}",
  "/uppy/s3/multipart",
  "/uppy/s3/multipart/{uploadId}/complete",
  "/uppy/sign",
] satisfies PathsOf<"post">[]);

/** `onAnswer` sees the headers of every answer that comes from the API itself. */
export function createCalls(
  { baseUrl, token, fetch = globalThis.fetch }: CallOptions,
  retry: RetryPolicy,
  onAnswer: (headers: Headers) => void,
): Calls {
  // Called by itself: browsers refuse a fetch that is the method of another object.
  const client = createClient<paths>({ baseUrl, fetch: (request) => fetch(request) });
  // `Call` has checked what goes through here, and says what comes back.
  const ask = client.request as unknown as (method: Method, path: string, init: object) => Promise<Answer>;

  async function send(method: Method, path: string, init: Init): Promise<Outcome> {
    try {
      const { data, error, response } = await ask(method, path, init);
      // The one method that no cache answers.
      if (method === "post") onAnswer(response.headers);
      return response.ok ? { data } : { failure: problemOf(response, error) };
    } catch (error) {
      init.signal?.throwIfAborted();
      if (!isConnectionError(error)) throw error;
      return { failure: error };
    }
  }

  async function request(method: Method, path: string, init: Init = {}): Promise<unknown> {
    const headers = repeatableHeaders(method, path, init.headers);
    for (let attempt = 1; ; attempt += 1) {
      const bearer = typeof token === "function" ? await token() : token;
      if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
      const outcome = await send(method, path, { ...init, headers });
      if (!("failure" in outcome)) return outcome.data;
      const { failure } = outcome;
      if (attempt >= retry.attempts || !mayPass(failure, retry)) throw failure;
      await backOff(attempt, failure instanceof LatchkeyProblem ? failure.retryAfter : undefined, init.signal);
    }
  }

  const call = (method: Method) => (path: string, init?: Init) => request(method, path, init);
  return {
    get: call("get"),
    post: call("post"),
    put: call("put"),
    patch: call("patch"),
    delete: call("delete"),
  } as Calls;
}

interface Init {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

interface Answer {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

type Outcome = { readonly data: unknown } | { readonly failure: LatchkeyProblem | TypeError };

function mayPass(failure: LatchkeyProblem | TypeError, { maxRetryAfterSeconds }: RetryPolicy): boolean {
  if (!(failure instanceof LatchkeyProblem)) return true;
  const { status, code, retryAfter = 0 } = failure;
  return (isTransient(status) || code === "IDEMPOTENCY_KEY_IN_USE") && retryAfter <= maxRetryAfterSeconds;
}

/** What is sent again must not be done again. The other methods say what shall be, so that repeating them changes nothing. */
function repeatableHeaders(method: Method, path: string, given: Init["headers"]): Record<string, string> {
  const headers = Object.fromEntries(new Headers(given));
  if (method === "post" && !withoutKey.has(path)) headers["idempotency-key"] ??= randomKey();
  return headers;
}

/** `crypto.randomUUID` would need a secure context, which a phone that opens a laptop's address has not. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
