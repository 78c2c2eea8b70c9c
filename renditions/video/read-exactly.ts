import type { FileHandle } from "node:fs/promises";
import { RejectedUploadError } from "../rejected-upload-error.ts";

/** So many bytes of a file. Throws RejectedUploadError for a file that was cut off. */
export async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const head = await readAtMost(file, at, length);
  if (head.length < length) throw new RejectedUploadError("undecodable");
  return head;
}

export async function readAtMost(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
