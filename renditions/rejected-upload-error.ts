import type { RejectReason } from "../api/domain/photo.ts";

/** The bytes are at fault, so that no retry can help; everything else that a worker throws is worth another try. */
export class RejectedUploadError extends Error {
  readonly reason: RejectReason;

  constructor(reason: RejectReason) {
    super(`Upload rejected: ${reason}`);
    this.reason = reason;
  }
}
