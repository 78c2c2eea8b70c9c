import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Headers } from "./headers.ts";
import { StoredBody } from "./stored-body.ts";

/** A response that the edge keeps; its body may still be on its way. */
export interface StoredResponse {
  /** Path and query that the origin was asked for. */
  readonly target: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: StoredBody;
  /** Bytes of the body as the origin announced them; undefined where the edge compresses it. */
  readonly length: number | undefined;
  /** What the origin knows this version by. */
  readonly validators: { readonly etag: string | undefined; readonly lastModified: string | undefined };
  /** In lower case. */
  readonly tags: ReadonlySet<string>;
  readonly storedAt: Date;
  readonly freshUntil: Date;
}

/** The least that an entry counts for, so that countless empty ones are bounded too. */
const leastBytes = 4096;

/** Responses on disk, the longest unused forgotten first. */
export class ResponseCache {
  readonly #folder: string;
  readonly #entries: LRUCache<string, StoredResponse>;
  /** A response larger than this would push too much out to be worth its place. */
  readonly maxEntryBytes: number;

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.maxEntryBytes = Math.floor(maxBytes / 2);
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ body, length }) => Math.max(length ?? body.written, leastBytes),
      dispose: ({ body }) => body.discard(),
    });
  }

  /** Starts empty: what an earlier run left in `folder` is removed, so it must be a folder of the cache's own. */
  static async open(folder: string, maxBytes: number): Promise<ResponseCache> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new ResponseCache(folder, maxBytes);
  }

  newBody(): Promise<StoredBody> {
    return StoredBody.create(join(this.#folder, randomUUID()));
  }

  get(key: string): StoredResponse | undefined {
    return this.#entries.get(key);
  }

  set(key: string, response: StoredResponse): void {
    this.#entries.set(key, response);
  }

  /** Changes what is known of a response, or only measures it again; undefined when it is not kept any more. */
  update(key: string, body: StoredBody, changes: Partial<StoredResponse> = {}): StoredResponse | undefined {
    const current = this.#entries.peek(key);
    if (current?.body !== body) return undefined;
    const updated = { ...current, ...changes };
    // Not disposed of: the body goes on in the new entry.
    this.#entries.set(key, updated, { noDisposeOnSet: true });
    return updated;
  }

  /** Forgets a response, unless another one has taken its place. */
  forget(key: string, body: StoredBody): void {
    if (this.#entries.peek(key)?.body === body) this.#entries.delete(key);
  }

  /** Forgets what matches; those who are reading it may finish. */
  remove(matches: (response: StoredResponse) => boolean): void {
    for (const [key, response] of [...this.#entries.entries()]) if (matches(response)) this.#entries.delete(key);
  }
}
