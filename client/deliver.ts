import type { Calls } from "./calls.ts";
import { LatchkeyProblem, UploadRefusedError } from "./errors.ts";
import type { S3Answer } from "./platform.ts";
import { backOff, isConnectionError, isTransient, type RetryPolicy } from "./retry.ts";
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

/** Undefined when S3 has the bytes. It has, too, when it says so by 412: the URL takes these bytes only, and only once. */
function refusalOf({ status, body }: S3Answer): UploadRefusedError | undefined {
  if (status === 200 || status === 412) return undefined;
  return new UploadRefusedError(status, element(body, "Code") ?? "no code", element(body, "Message") ?? "no message");
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function saysExpired({ status, code, message }: UploadRefusedError): boolean {
  return code === "ExpiredToken" || (status === 403 && message.includes("Request has expired"));
}

/** A conflict is another attempt of ours that S3 has not given up yet. */
function mayPass({ status, code }: UploadRefusedError): boolean {
  return isTransient(status) || status === 500 || status === 409 || code === "RequestTimeout";
}
