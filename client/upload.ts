import type { Calls } from "./calls.ts";
import { deliver } from "./deliver.ts";
import { deliverParts, type PartsUpload } from "./deliver-parts.ts";
import { begin, findBegun } from "./in-parts.ts";
import { createLimit } from "./limit.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Platform, UploadSource } from "./platform.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Photo, PresignedRequest, UploadRequest } from "./schema.ts";
import type { ServerClock } from "./server-clock.ts";
import { unlessStalled } from "./stall.ts";

export interface UploadProgress {
  readonly phase: "hashing" | "uploading";
  /** Bytes; starts again from the beginning when an upload has to. */
  readonly loaded: number;
  readonly total: number;
}

export interface UploadOptions extends Omit<UploadRequest, "contentType" | "size" | "sha256" | "upload"> {
  /** What the source says, or else its first bytes, unless given. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Told the photo's id when an upload in parts begins: what an app keeps to go on with it after a restart. */
  readonly onBegun?: (photoId: string) => void;
  /** The id of a photo whose upload in parts was begun before, of the same file: only what is missing is sent. */
  readonly resume?: string;
}

/**
 * Hashes, reserves, sends and completes. Resolves to the photo, which the platform is looking at then. Rejects with a
 * LatchkeyProblem, an UploadRefusedError, the signal's reason, or a TypeError of the source or of a connection that stays down.
 */
export type Upload = (source: UploadSource, options?: UploadOptions) => Promise<Photo>;

/** Of all uploads of a client. */
export interface UploadLimits {
  /** How many run at a time, the others waiting; 4 unless said otherwise. */
  readonly concurrency?: number;
  /** Files of so many bytes or more go in parts; 100 MiB unless said otherwise. */
  readonly partsFrom?: number;
  /** How many parts of an upload are under way at a time; 4 unless said otherwise. */
  readonly parallelParts?: number;
  /** A connection over which nothing moves for so long is taken for dropped; 60 unless said otherwise. */
  readonly stallSeconds?: number;
}

export interface UploadParts {
  readonly calls: Pick<Calls, "post" | "get">;
  readonly platform: Platform;
  readonly retry: RetryPolicy;
  readonly clock: Pick<ServerClock, "now">;
}

export function createUpload(
  { calls, platform, retry, clock }: UploadParts,
  { concurrency = 4, partsFrom = 100 * 1024 ** 2, parallelParts = 4, stallSeconds = 60 }: UploadLimits = {},
): Upload {
  for (const [name, value] of Object.entries({ concurrency, partsFrom, parallelParts })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`uploads.${name} is ${value}; it must be a whole number from 1`);
  }
  // Hundreds of photos chosen at once would each start a worker, and be reserved long before the network has room for them.
  const limit = createLimit(concurrency);

  async function upload(source: UploadSource, options: UploadOptions): Promise<Photo> {
    const { signal, onProgress = () => {}, onBegun, resume, contentType, ...described } = options;
    const opened = await platform.open(source, signal);
    try {
      const { bytes, filename } = opened;
      const transfer = (phase: UploadProgress["phase"]) => ({
        signal,
        onProgress: (loaded: number) => onProgress({ phase, loaded, total: bytes.size }),
      });
      const inParts = (begun: PartsUpload) =>
        deliverParts(bytes, begun, {
          ...{ calls, retry, clock, parallel: parallelParts },
          ...transfer("uploading"),
          put: (presigned, part, options) =>
            unlessStalled(stallSeconds, options, (watched) => platform.put(presigned, part, watched)),
        });
      if (resume !== undefined) {
        const begun = await findBegun(calls, resume, bytes.size, signal);
        return "photoId" in begun ? await inParts(begun) : begun;
      }
      const request: UploadRequest = {
        contentType: await mediaTypeOf(bytes, contentType),
        size: bytes.size,
        sha256: await platform.sha256(bytes, transfer("hashing")),
        ...(filename !== undefined && { filename }),
        ...described,
      };
      if (bytes.size >= partsFrom) {
        const begun = await begin(calls, request, signal);
        onBegun?.(begun.photoId);
        return await inParts(begun);
      }
      const put = (presigned: PresignedRequest) =>
        unlessStalled(stallSeconds, transfer("uploading"), (watched) => platform.put(presigned, bytes, watched));
      const photoId = await deliver(request, { calls, retry, clock, put, signal });
      const path = { params: { path: { photoId } }, signal };
      return (await calls.post("/v1/photos/{photoId}/complete", path)).photo;
    } finally {
      await opened.close();
    }
  }

  return (source, options = {}) => {
    platform.accept(source);
    return limit(() => upload(source, options), options.signal);
  };
}
