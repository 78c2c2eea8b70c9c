import type { Calls } from "./calls.ts";
import { PhotoRejectedError } from "./errors.ts";
import { pause } from "./retry.ts";
import type { ViewedPhoto } from "./schema.ts";

const firstWaitMs = 250;
const longestWaitMs = 5000;
const defaultTimeoutSeconds = 300;

export interface WhenReadyOptions {
  readonly signal?: AbortSignal;
  /** 300 unless said otherwise. */
  readonly timeoutSeconds?: number;
}

/**
 * Asks, less and less often, until a photo is `ready`, and resolves to it with its signed URLs. Rejects with a
 * PhotoRejectedError, a LatchkeyProblem, the signal's reason, or a TimeoutError.
 */
export type WhenReady = (photoId: string, options?: WhenReadyOptions) => Promise<ViewedPhoto>;

export function createWhenReady({ get }: Pick<Calls, "get">): WhenReady {
  return async (photoId, { signal: given, timeoutSeconds = defaultTimeoutSeconds } = {}) => {
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    const signal = given ? AbortSignal.any([given, timeout]) : timeout;
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 1.5)) {
      const viewed = await get("/v1/photos/{photoId}", { params: { path: { photoId } }, signal });
      if (viewed.photo.status === "ready") return viewed;
      if (viewed.photo.status === "rejected") throw new PhotoRejectedError(viewed.photo);
      await pause(waitMs, signal);
    }
  };
}
