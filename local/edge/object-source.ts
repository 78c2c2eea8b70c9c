import type { Readable } from "node:stream";
import { compressed, compressedHeaders, compressionFor } from "./compression.ts";
import type { CustomErrorResponse } from "./distribution.ts";
import { timeToLive } from "./freshness.ts";
import { type Headers, single, without } from "./headers.ts";
import type { OriginClient, OriginResponse } from "./origin-client.ts";
import type { OriginRequest } from "./origin-request.ts";
import { peek } from "./peek.ts";
import type { ResponseCache, StoredResponse } from "./response-cache.ts";

/** Straight from the origin, and not kept. */
export interface LiveResponse extends OriginResponse {
  readonly kind: "live";
}

/** From the cache; its file stays until this is disposed of. */
export interface HeldResponse extends Disposable {
  readonly kind: "stored";
  readonly response: StoredResponse;
  readonly result: "Hit" | "Miss" | "RefreshHit";
}

export interface ObjectSourceOptions {
  readonly cache: ResponseCache;
  readonly client: OriginClient;
  readonly errorResponses: ReadonlyMap<number, CustomErrorResponse>;
  readonly cacheTagHeader: string | undefined;
  readonly now: () => Date;
}

/** One request under way to the origin, for all viewers who want the same. */
interface Flight {
  readonly target: string;
  /** Set by an invalidation: what comes may be what was to be forgotten. */
  outdated: boolean;
  /** Undefined when what came may not be kept, and so not be shared either. */
  readonly landed: Promise<StoredResponse | undefined>;
}

/** CloudFront reads no more tags of one object than these. */
const mostTags = 50;

/** Objects from the cache or from the origin, each fetched once however many ask for it at the same time. */
export class ObjectSource {
  readonly #options: ObjectSourceOptions;
  readonly #flights = new Map<string, Flight>();

  constructor(options: ObjectSourceOptions) {
    this.#options = options;
  }

  /**
   * The whole object that a GET or HEAD asks for, from the cache where that may be. `conditions` are the viewer's own
   * range and preconditions, for the origin to judge where nothing is kept.
   */
  async find(request: OriginRequest, conditions: Headers): Promise<HeldResponse | LiveResponse> {
    const { cache, now } = this.#options;
    const known = cache.get(request.cacheKey);
    if (known !== undefined && now() < known.freshUntil) return held(known, "Hit");
    if (request.method === "HEAD") return this.live(request, conditions);
    const flight = this.#flights.get(request.cacheKey);
    if (flight === undefined) return this.#lead(request, conditions, known);
    const response = await flight.landed;
    if (response === undefined) return this.live(request, conditions);
    // Forgotten at once, by an invalidation or for want of room.
    if (response.body.discarded) return this.find(request, conditions);
    return held(response, "Hit");
  }

  /** Straight from the origin, with further headers; nothing is kept. */
  async live(request: OriginRequest, headers: Headers, body?: Readable): Promise<LiveResponse> {
    return { kind: "live", ...(await this.#ask(request, request.method, headers, body)) };
  }

  /** Forgets what matches by path and query or by tag, also what is on its way. */
  invalidate(matchesTarget: (target: string) => boolean, tags: readonly string[]): void {
    for (const flight of this.#flights.values()) {
      // The tags of what is on its way are not known yet: any tag could be its own.
      if (tags.length > 0 || matchesTarget(flight.target)) flight.outdated = true;
    }
    this.#options.cache.remove((response) => {
      return matchesTarget(response.target) || tags.some((tag) => response.tags.has(tag));
    });
  }

  async #lead(request: OriginRequest, conditions: Headers, known: StoredResponse | undefined) {
    const { promise: landed, resolve, reject } = Promise.withResolvers<StoredResponse | undefined>();
    // Without anybody else waiting, a failure is the leader's alone.
    landed.catch(() => undefined);
    const flight: Flight = { target: targetOf(request), outdated: false, landed };
    this.#flights.set(request.cacheKey, flight);
    try {
      // An error that has expired is no version of the object.
      const found = await this.#fetch(request, flight, known && known.status < 400 ? known : undefined);
      resolve(found.kind === "stored" ? found.response : undefined);
      if (found.kind === "stored" || Object.keys(conditions).length === 0) return found;
      found.body.destroy();
      return await this.live(request, conditions);
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      this.#flights.delete(request.cacheKey);
    }
  }

  async #fetch(
    request: OriginRequest,
    flight: Flight,
    known: StoredResponse | undefined,
  ): Promise<HeldResponse | LiveResponse> {
    if (known === undefined) return this.#keep(request, flight, await this.#ask(request, "GET", {}));
    using old = held(known, "Hit");
    const response = await this.#ask(request, "GET", revalidation(known)).catch(() => undefined);
    if (response === undefined || response.status >= 500) {
      // CloudFront rather serves what has expired than nothing.
      response?.body.resume();
      return held(old.response, "Hit");
    }
    if (response.status !== 304) {
      // What the origin has replaced or taken away must not come back when the origin is down.
      this.#options.cache.forget(request.cacheKey, known.body);
      return this.#keep(request, flight, response);
    }
    response.body.resume();
    const storedAt = this.#options.now();
    const headers = { ...known.headers, ...without(response.headers, describesBody) };
    const seconds = this.#timeToLive(request, { status: known.status, headers }, storedAt) ?? 0;
    const changes = { headers, storedAt, freshUntil: later(storedAt, seconds) };
    const updated = flight.outdated ? undefined : this.#options.cache.update(request.cacheKey, known.body, changes);
    return held(updated ?? { ...known, ...changes }, "RefreshHit");
  }

  async #keep(request: OriginRequest, flight: Flight, asked: OriginResponse): Promise<HeldResponse | LiveResponse> {
    const { cache, now } = this.#options;
    const storedAt = now();
    const seconds = this.#timeToLive(request, asked, storedAt);
    if (seconds === undefined) return { kind: "live", ...asked };
    const response = await measured(asked);
    // Without a length nobody can say that there is room for it.
    const length = Number(single(response.headers, "content-length") ?? Number.NaN);
    if (flight.outdated || !(length <= cache.maxEntryBytes)) return { kind: "live", ...response };
    const body = await cache.newBody().catch((error) => {
      response.body.destroy();
      throw error;
    });
    const encoding = compressionFor(request, response);
    const stored: StoredResponse = {
      target: flight.target,
      status: response.status,
      headers: encoding ? compressedHeaders(response.headers, encoding) : response.headers,
      body,
      length: encoding ? undefined : length,
      validators: { etag: single(response.headers, "etag"), lastModified: single(response.headers, "last-modified") },
      tags: this.#tagsOf(response.headers),
      storedAt,
      freshUntil: later(storedAt, seconds),
    };
    const found = held(stored, "Miss");
    // An invalidation may have come while the file was opened: then these viewers still get it, and nobody after them.
    if (flight.outdated) body.discard();
    else cache.set(request.cacheKey, stored);
    body.write(encoding ? compressed(response.body, encoding) : response.body).then(
      () => cache.update(request.cacheKey, body),
      () => cache.forget(request.cacheKey, body),
    );
    return found;
  }

  async #ask(request: OriginRequest, method: string, headers: Headers, body?: Readable): Promise<OriginResponse> {
    const { behaviour, path, query } = request;
    const asked = { method, path, query, headers: { ...request.headers, ...headers }, body };
    const response = await this.#options.client.ask(behaviour.origin, asked);
    const takesCookies = [behaviour.cachePolicy, behaviour.originRequestPolicy].some(
      ({ cookies }) => cookies.kind !== "none",
    );
    // As in CloudFront: an origin that sees no cookies sets none.
    return takesCookies ? response : { ...response, headers: without(response.headers, ["set-cookie"]) };
  }

  #timeToLive({ behaviour }: OriginRequest, response: Pick<OriginResponse, "status" | "headers">, now: Date) {
    const declared = this.#options.errorResponses.get(response.status);
    const errors = { declared: declared !== undefined, minTtl: declared?.errorCachingMinTtl };
    return timeToLive(behaviour.cachePolicy, response, errors, now);
  }

  #tagsOf(headers: Headers): ReadonlySet<string> {
    const { cacheTagHeader } = this.#options;
    const tags = cacheTagHeader === undefined ? "" : (single(headers, cacheTagHeader) ?? "");
    const trimmed = tags.split(",").map((tag) => tag.trim().toLowerCase());
    return new Set(trimmed.filter((tag) => tag !== "").slice(0, mostTags));
  }
}

/** A body that comes without its length tells it, when it ends within these bytes. */
const mostUnmeasured = 1024 * 1024;

async function measured(response: OriginResponse): Promise<OriginResponse> {
  if (response.headers["content-length"] !== undefined) return response;
  const { complete, seen, whole } = await peek(response.body, mostUnmeasured);
  const known = complete && { "content-length": String(seen.length) };
  return { ...response, headers: { ...response.headers, ...known }, body: whole };
}

/** A 304 speaks of the version that is kept, not of a body of its own. */
const describesBody = ["content-encoding", "content-length", "content-type", "etag"];

function held(response: StoredResponse, result: HeldResponse["result"]): HeldResponse {
  const hold = response.body.hold();
  return { kind: "stored", response, result, [Symbol.dispose]: () => hold[Symbol.dispose]() };
}

function targetOf({ path, query }: OriginRequest): string {
  return query === "" ? path : `${path}?${query}`;
}

function revalidation({ validators: { etag, lastModified } }: StoredResponse): Headers {
  if (etag !== undefined) return { "if-none-match": etag };
  return lastModified === undefined ? {} : { "if-modified-since": lastModified };
}

function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
