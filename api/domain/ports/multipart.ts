import type { UploadedPart } from "../part-plan.ts";

/** An upload under way at S3, which knows it by both. */
export interface MultipartKey {
  readonly key: string;
  readonly uploadId: string;
}

/** Multipart uploads as S3 has them. Rejects with DependencyUnavailableError when S3 does not answer. */
export interface MultipartUploads {
  /** Resolves to the upload's id. `hashed` has S3 ask for the SHA-256 of every part. */
  begin(object: { key: string; contentType: string; hashed?: boolean | undefined }): Promise<string>;
  /** All that has arrived, by number; undefined when there is no such upload, or none any more. */
  list(upload: MultipartKey): Promise<UploadedPart[] | undefined>;
  /**
   * Makes one object of the parts, unless its key holds one. Resolves to false when there is no such upload any more, or
   * the key is taken; rejects with PartsMismatchError when the parts are not as they were told or not of `size` in all.
   */
  complete(upload: MultipartKey, parts: readonly UploadedPart[], size: number): Promise<boolean>;
  /** Succeeds also when there is none. */
  abort(upload: MultipartKey): Promise<void>;
}
