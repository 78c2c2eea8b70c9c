import type { Calls } from "./calls.ts";
import { LatchkeyProblem, UploadRefusedError } from "./errors.ts";
import type { S3Answer } from "./platform.ts";
import { backOff, isConnectionError, type RetryPolicy } from "./retry.ts";
import { mayPass, refusalOf, saysExpired } from "./s3-refusal.ts";
import type { PresignedRequest, UploadRequest } from "./schema.ts";
import type { ServerClock } from "./server-clock.ts";

export interface Delivery {
  readonly calls: Pick<Calls, "post" | "get">;
  readonly retry: RetryPolicy;
  readonly clock: Pick<ServerClock, "now">;
  /** Sends the bytes once; rejects with a TypeError when the connection drops. */
  readonly put: (presigned: PresignedRequest) => Promise<S3Answer>;
  readonly signal: AbortSignal | undefined;
}

/** Reserves and sends until S3 has the bytes, under a new reservation when the first has expired; resolves to the photo's id. */
export async function deliver(request: UploadRequest, { calls, retry, clock, put, signal }: Delivery): Promise<string> {
  const reserve = async () => {
    const { photo, upload } = await calls.post("/v1/photos", { body: request, signal });
    if (upload.method !== "PUT") throw new Error(`The API answered a reservation for one PUT by ${upload.method}`);
    return { photo, upload };
  };
  let reservation = await reserve();
  for (let attempt = 1; ; attempt += 1) {
    const { photo, upload } = reservation;
    const failure = await put(upload).then(refusalOf, (error: unknown) => {
      signal?.throwIfAborted();
      if (!isConnectionError(error)) throw error;
      return error;
    });
    if (!failure) return photo.id;
    const isRefused = failure instanceof UploadRefusedError;
    const hasExpired = clock.now() >= Date.parse(upload.expiresAt) || (isRefused && saysExpired(failure));
    if (attempt >= retry.attempts || (isRefused && !hasExpired && !mayPass(failure))) throw failure;
    await backOff(attempt, undefined, signal);
    if (!hasExpired) continue;
    // An answer that was lost may have been the one that says it is there: a second reservation would make a second photo.
    if (await hasArrived(photo.id)) return photo.id;
    reservation = await reserve();
  }

  async function hasArrived(photoId: string): Promise<boolean> {
    try {
      const { photo } = await calls.get("/v1/photos/{photoId}", { params: { path: { photoId } }, signal });
      return photo.status !== "pending";
    } catch (error) {
      if (error instanceof LatchkeyProblem && error.status === 404) return false;
      throw error;
    }
  }
}
