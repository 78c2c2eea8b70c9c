import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Photo } from "../api/domain/photo.ts";
import { detectMediaType, headLength, isAnnouncedAs } from "./media-type.ts";
import type { OpenedObject } from "./ports.ts";
import { RejectedUploadError } from "./rejected-upload-error.ts";

/**
 * Writes the upload to a file, and throws RejectedUploadError unless its length, hash and media type are those that were
 * announced. One of another length is turned away unread.
 */
export async function receiveUpload(photo: Photo, source: OpenedObject, file: string): Promise<void> {
  const fits = photo.unsized ? source.size <= photo.size : source.size === photo.size;
  if (source.size === 0 || !fits) {
    source.body.destroy();
    throw new RejectedUploadError(source.size === 0 ? "empty" : "size-mismatch");
  }
  const { sha256, head } = await save(source, file);
  if (photo.sha256 !== undefined && photo.sha256 !== sha256) throw new RejectedUploadError("hash-mismatch");
  if (!isAnnouncedAs(photo.contentType, detectMediaType(head))) throw new RejectedUploadError("type-mismatch");
}

async function save({ body }: OpenedObject, path: string): Promise<{ sha256: string; head: Buffer }> {
  const hash = createHash("sha256");
  await using file = await open(path, "w+");
  for await (const chunk of body) {
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
  return { sha256: hash.digest("base64"), head: buffer.subarray(0, bytesRead) };
}
