import type { Calls } from "./calls.ts";
import { UploadRefusedError } from "./errors.ts";
import type { S3Answer, TransferOptions } from "./platform.ts";
import { backOff, isConnectionError, type RetryPolicy } from "./retry.ts";
import { mayPass, refusalOf, saysExpired } from "./s3-refusal.ts";
import type { Photo, PresignedPart } from "./schema.ts";
import type { ServerClock } from "./server-clock.ts";

/** An upload in parts as the API planned it, with the parts that S3 has already. */
export interface PartsUpload {
  readonly photoId: string;
  readonly partSize: number;
  readonly partCount: number;
  readonly arrived: readonly { readonly partNumber: number; readonly etag: string }[];
}

export interface PartsDelivery {
  readonly calls: Pick<Calls, "post">;
  readonly retry: RetryPolicy;
  readonly clock: Pick<ServerClock, "now">;
  /** Sends the bytes of one part once; rejects with a TypeError when the connection drops. */
  readonly put: (presigned: PresignedPart, bytes: Blob, options: TransferOptions) => Promise<S3Answer>;
  /** How many parts are under way at a time. */
  readonly parallel: number;
  readonly signal: AbortSignal | undefined;
  /** Told how many bytes of all are there. */
  readonly onProgress: (loaded: number) => void;
}

/** One call presigns so many parts: few enough to be sent before their URLs expire. */
const presignedAtATime = 8;

/** Sends what has not arrived, several parts at a time, and completes; resolves to the photo. A part that fails fails alone, and is sent again. */
export async function deliverParts(bytes: Blob, upload: PartsUpload, delivery: PartsDelivery): Promise<Photo> {
  const { calls, signal, parallel } = delivery;
  const path = { photoId: upload.photoId };
  const etags = new Map(upload.arrived.map(({ partNumber, etag }) => [partNumber, etag]));
  const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter((each) => !etags.has(each));
  // Once a part has failed for good the others need not go on.
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const slice = (partNumber: number) => bytes.slice((partNumber - 1) * upload.partSize, partNumber * upload.partSize);
  const report = progressOf(
    delivery.onProgress,
    [...etags.keys()].map((each) => [each, slice(each).size]),
  );
  const urls = keepUrls(delivery, path, missing, either);
  const queue = missing.values();

  async function work(): Promise<void> {
    for (const partNumber of queue) {
      const onProgress = (loaded: number) => report(partNumber, loaded);
      const options = { signal: either, onProgress };
      etags.set(partNumber, await deliverPart(partNumber, slice(partNumber), urls, delivery, options));
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(parallel, missing.length) }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  const parts = [...etags].sort(([one], [other]) => one - other).map(([partNumber, etag]) => ({ partNumber, etag }));
  const completed = { params: { path }, body: { parts }, signal };
  return (await calls.post("/v1/photos/{photoId}/multipart/complete", completed)).photo;
}

/** Resolves to the ETag of the part that has arrived. */
async function deliverPart(
  partNumber: number,
  bytes: Blob,
  urls: PartUrls,
  { put, retry }: Pick<PartsDelivery, "put" | "retry">,
  options: TransferOptions,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const presigned = await urls.of(partNumber);
    const outcome = await put(presigned, bytes, options).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      if (!isConnectionError(error)) throw error;
      return error;
    });
    const failure = outcome instanceof TypeError ? outcome : refusalOf(outcome);
    if (!failure && "etag" in outcome && outcome.etag !== undefined) return outcome.etag;
    if (!failure) throw new Error("S3's answer has no ETag to read: the bucket's CORS must expose it");
    const isRefused = failure instanceof UploadRefusedError;
    const hasExpired = isRefused && saysExpired(failure);
    if (hasExpired) urls.forget(partNumber);
    if (attempt >= retry.attempts || (isRefused && !hasExpired && !mayPass(failure))) throw failure;
    await backOff(attempt, undefined, options.signal);
  }
}

interface PartUrls {
  of(partNumber: number): Promise<PresignedPart>;
  forget(partNumber: number): void;
}

/** Asks for the URLs of the parts that come next together, and again for one that has expired. */
function keepUrls(
  { calls, clock }: Pick<PartsDelivery, "calls" | "clock">,
  path: { photoId: string },
  missing: readonly number[],
  signal: AbortSignal,
): PartUrls {
  const kept = new Map<number, Promise<PresignedPart>>();

  function ask(first: number): void {
    const from = missing.indexOf(first);
    const partNumbers = missing.slice(from, from + presignedAtATime).filter((each) => !kept.has(each));
    const answer = calls.post("/v1/photos/{photoId}/multipart/parts", {
      params: { path },
      body: { partNumbers },
      signal,
    });
    for (const [index, partNumber] of partNumbers.entries()) {
      const url = answer.then(({ parts }) => {
        const part = parts[index];
        if (part?.partNumber !== partNumber) throw new Error(`The API did not presign part ${partNumber}`);
        return part;
      });
      // Whoever needs it sees why it failed; until then it is nobody's error.
      url.catch(() => kept.delete(partNumber));
      kept.set(partNumber, url);
    }
  }

  return {
    async of(partNumber) {
      const url = await kept.get(partNumber);
      if (url && clock.now() < Date.parse(url.expiresAt)) return url;
      kept.delete(partNumber);
      ask(partNumber);
      return kept.get(partNumber) as Promise<PresignedPart>;
    },
    forget: (partNumber) => void kept.delete(partNumber),
  };
}

/** Adds the parts up; what an attempt that failed had sent counts no more once the next one begins. */
function progressOf(onProgress: (loaded: number) => void, arrived: [partNumber: number, bytes: number][]) {
  const loaded = new Map(arrived);
  return (partNumber: number, bytes: number) => {
    loaded.set(partNumber, bytes);
    onProgress([...loaded.values()].reduce((sum, each) => sum + each, 0));
  };
}
