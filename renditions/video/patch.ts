import type { FileHandle } from "node:fs/promises";

/** A stretch of a file to be overwritten: the header, then zeros. Both together are `length` bytes, so that nothing moves. */
export interface Patch {
  readonly at: number;
  readonly length: number;
  readonly header?: Buffer;
}

const zeros = Buffer.alloc(64 * 1024);

export async function applyPatch(file: FileHandle, { at, length, header = Buffer.alloc(0) }: Patch): Promise<void> {
  await file.write(header, 0, header.length, at);
  for (let done = header.length; done < length; done += zeros.length) {
    await file.write(zeros, 0, Math.min(zeros.length, length - done), at + done);
  }
}
