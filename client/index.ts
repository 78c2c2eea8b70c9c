import { createPlatform } from "#platform";
import { type CallOptions, type Calls, createCalls } from "./calls.ts";
import { createPaginate, type Paginate } from "./paginate.ts";
import type { PlatformOptions } from "./platform.ts";
import { type RetryOptions, retryPolicy } from "./retry.ts";
import { createServerClock } from "./server-clock.ts";
import { createUpload, type Upload, type UploadLimits } from "./upload.ts";
import { createUrls, type Rendition, type UrlOptions, type Urls } from "./urls.ts";
import { createWhenReady, type WhenReady } from "./when-ready.ts";

export { LatchkeyProblem, PhotoRejectedError, type ProblemCode, UploadRefusedError } from "./errors.ts";
export type { UploadSource } from "./platform.ts";
export type * from "./schema.ts";
export type { UploadOptions, UploadProgress } from "./upload.ts";
export type { Rendition, SignedUrl } from "./urls.ts";

export interface LatchkeyOptions extends CallOptions, Pick<PlatformOptions, "hashWorkerUrl"> {
  /** Of the API, without `/v1`. */
  readonly baseUrl: string;
  readonly retry?: RetryOptions;
  readonly uploads?: UploadLimits;
  readonly urls?: UrlOptions;
}

export interface Latchkey extends Calls {
  readonly paginate: Paginate;
  readonly upload: Upload;
  readonly whenReady: WhenReady;
  readonly urls: Urls;
  /** The address of a public photo that stays good as long as the photo is public; anybody may open it. */
  permalink(photoId: string, rendition: Exclude<Rendition, "original">): string;
}

/** A client of one user's session; throws a TypeError or a RangeError for options that make no sense. */
export function createLatchkey(options: LatchkeyOptions): Latchkey {
  const { origin, pathname } = new URL(options.baseUrl);
  const baseUrl = `${origin}${pathname.replace(/\/$/, "")}`;
  const fetch = options.fetch ?? globalThis.fetch;
  const retry = retryPolicy(options.retry);
  const clock = createServerClock();
  const platform = createPlatform({ fetch, hashWorkerUrl: options.hashWorkerUrl });
  const calls = createCalls({ ...options, baseUrl }, retry, clock.adjust);
  return {
    ...calls,
    paginate: createPaginate(calls),
    upload: createUpload({ calls, platform, retry, clock }, options.uploads),
    whenReady: createWhenReady(calls),
    urls: createUrls({ calls, clock }, options.urls),
    permalink: (photoId, rendition) => `${baseUrl}/p/${encodeURIComponent(photoId)}/${rendition}`,
  };
}
