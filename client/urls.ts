import { unlessAborted } from "./abort.ts";
import type { Calls } from "./calls.ts";
import { LatchkeyProblem } from "./errors.ts";
import type { paths } from "./schema.ts";
import type { ServerClock } from "./server-clock.ts";

type UrlRequest = paths["/v1/urls"]["post"]["requestBody"]["content"]["application/json"]["items"][number];
export type Rendition = NonNullable<UrlRequest["rendition"]>;

export interface SignedUrl {
  readonly url: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

export interface UrlOptions {
  /** A URL is not handed out again in its last seconds; 60 unless said otherwise. */
  readonly marginSeconds?: number;
  /** How many are kept, those asked for longest ago going first; 10 000 unless said otherwise. */
  readonly maxEntries?: number;
}

export interface Urls {
  /**
   * Resolves to a signed URL, the one of last time as long as it is good. What is asked for at the same time is asked of
   * the API in one request. Rejects with a LatchkeyProblem for this photo, whatever becomes of the others.
   */
  get(photoId: string, rendition?: Rendition, options?: { readonly signal?: AbortSignal }): Promise<SignedUrl>;
  /** Drops what is kept for a photo, as when it was refused by the CDN or has changed. */
  forget(photoId: string): void;
}

/** As many as one request may ask about. */
const maxItems = 1000;

interface Asked {
  readonly item: UrlRequest;
  readonly resolve: (signed: SignedUrl) => void;
  readonly reject: (error: unknown) => void;
}

export interface UrlParts {
  readonly calls: Pick<Calls, "post">;
  readonly clock: Pick<ServerClock, "now">;
}

export function createUrls(
  { calls, clock }: UrlParts,
  { marginSeconds = 60, maxEntries = 10_000 }: UrlOptions = {},
): Urls {
  /** By when they were last used: a Map keeps the order of insertion. */
  const kept = new Map<string, SignedUrl>();
  const underWay = new Map<string, Promise<SignedUrl>>();
  let asked: Asked[] = [];

  return {
    async get(photoId, rendition = "2048", { signal } = {}) {
      signal?.throwIfAborted();
      const key = `${photoId}/${rendition}`;
      const signed = reuse(key) ?? underWay.get(key) ?? ask(key, { photoId, rendition });
      return unlessAborted(signed, signal);
    },
    forget(photoId) {
      for (const known of [kept, underWay]) {
        for (const key of known.keys()) if (key.startsWith(`${photoId}/`)) known.delete(key);
      }
    },
  };

  function reuse(key: string): SignedUrl | undefined {
    const signed = kept.get(key);
    kept.delete(key);
    if (!signed || Date.parse(signed.expiresAt) - marginSeconds * 1000 <= clock.now()) return undefined;
    kept.set(key, signed);
    return signed;
  }

  function ask(key: string, item: UrlRequest): Promise<SignedUrl> {
    const answer = new Promise<SignedUrl>((resolve, reject) => {
      // Later than whatever else this turn of the event loop asks for.
      if (asked.length === 0) setTimeout(askAll);
      asked.push({ item, resolve, reject });
    });
    underWay.set(key, answer);
    const settle = (signed?: SignedUrl) => {
      if (underWay.get(key) !== answer) return;
      underWay.delete(key);
      if (signed) keep(key, signed);
    };
    answer.then(settle, () => settle());
    return answer;
  }

  function keep(key: string, signed: SignedUrl): void {
    kept.set(key, signed);
    const [oldest] = kept.keys();
    if (kept.size > maxEntries && oldest !== undefined) kept.delete(oldest);
  }

  function askAll(): void {
    const all = asked;
    asked = [];
    for (let start = 0; start < all.length; start += maxItems) void askBulk(all.slice(start, start + maxItems));
  }

  async function askBulk(bulk: readonly Asked[]): Promise<void> {
    try {
      const { items } = await calls.post("/v1/urls", { body: { items: bulk.map(({ item }) => item) } });
      bulk.forEach(({ resolve, reject }, index) => {
        const { url, expiresAt, problem } = items[index] ?? {};
        if (url !== undefined && expiresAt !== undefined) resolve({ url, expiresAt });
        else
          reject(
            problem ? new LatchkeyProblem(problem) : new TypeError("The API answered fewer items than it was asked"),
          );
      });
    } catch (error) {
      for (const { reject } of bulk) reject(error);
    }
  }
}
