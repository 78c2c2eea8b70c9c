import type { Calls } from "./calls.ts";
import { deliver } from "./deliver.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { Platform, UploadSource } from "./platform.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Photo, UploadRequest } from "./schema.ts";
import type { ServerClock } from "./server-clock.ts";

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
}

/**
 * Hashes, reserves, sends and completes. Resolves to the photo, which the platform is looking at then. Rejects with a
 * LatchkeyProblem, an UploadRefusedError, the signal's reason, or a TypeError of the source or of a connection that stays down.
 */
export type Upload = (source: UploadSource, options?: UploadOptions) => Promise<Photo>;

export interface UploadParts {
  readonly calls: Pick<Calls, "post" | "get">;
  readonly platform: Platform;
  readonly retry: RetryPolicy;
  readonly clock: Pick<ServerClock, "now">;
}

export function createUpload({ calls, platform, retry, clock }: UploadParts): Upload {
  return async (source, { signal, onProgress = () => {}, contentType, ...described } = {}) => {
    signal?.throwIfAborted();
    const opened = await platform.open(source, signal);
    try {
      const { bytes, filename } = opened;
      const transfer = (phase: UploadProgress["phase"]) => ({
        signal,
        onProgress: (loaded: number) => onProgress({ phase, loaded, total: bytes.size }),
      });
      const request: UploadRequest = {
        contentType: await mediaTypeOf(bytes, contentType),
        size: bytes.size,
        sha256: await platform.sha256(bytes, transfer("hashing")),
        ...(filename !== undefined && { filename }),
        ...described,
      };
      const photoId = await deliver(request, {
        calls,
        retry,
        clock,
        put: (presigned) => platform.put(presigned, bytes, transfer("uploading")),
        signal,
      });
      const path = { params: { path: { photoId } }, signal };
      return (await calls.post("/v1/photos/{photoId}/complete", path)).photo;
    } finally {
      await opened.close();
    }
  };
}
