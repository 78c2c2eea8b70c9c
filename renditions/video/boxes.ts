import type { FileHandle } from "node:fs/promises";
import { RejectedUploadError } from "../rejected-upload-error.ts";
import { readAtMost } from "./read-exactly.ts";

/** A box of an ISO media file (ISO/IEC 14496-12): where it, its content and its end stand. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** A film of hours in fragments has some ten thousand; a hostile file of nothing but headers would keep the worker busy. */
const mostBoxes = 100_000;
const longestHeader = 16;

/** The boxes at a file's top level. Throws RejectedUploadError unless they fill the file to its last byte. */
export async function topLevelBoxes(file: FileHandle, size: number): Promise<Box[]> {
  const boxes: Box[] = [];
  for (let at = 0; at < size; ) {
    const box = parseHeader(await readAtMost(file, at, longestHeader), at, size);
    if (boxes.push(box) > mostBoxes) throw new RejectedUploadError("undecodable");
    at = box.end;
  }
  return boxes;
}

/** The boxes inside of another one, which lies in memory; places count from the start of the buffer. */
export function boxesIn(buffer: Buffer, parent: Pick<Box, "content" | "end">): Box[] {
  const boxes: Box[] = [];
  // QuickTime ends some lists of boxes with four zeros.
  for (let at = parent.content; at + 8 <= parent.end; ) {
    const box = parseHeader(buffer.subarray(at, at + longestHeader), at, parent.end);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The box that a path of types leads to, if it is there. */
export function boxAt(buffer: Buffer, parent: Box, ...path: string[]): Box | undefined {
  let found: Box | undefined = parent;
  for (const type of path) found = found && boxesIn(buffer, found).find((box) => box.type === type);
  return found;
}

/** A box as one that means nothing: of the same length, and empty. */
export function emptied({ start, end }: Box): { at: number; length: number; header: Buffer } {
  const length = end - start;
  const header = Buffer.from("\0\0\0\u0001free\0\0\0\0\0\0\0\0", "latin1");
  if (length < longestHeader) {
    header.writeUInt32BE(length, 0);
    return { at: start, length, header: header.subarray(0, 8) };
  }
  header.writeBigUInt64BE(BigInt(length), 8);
  return { at: start, length, header };
}

function parseHeader(head: Buffer, start: number, limit: number): Box {
  if (head.length < 8) throw new RejectedUploadError("undecodable");
  const short = head.readUInt32BE(0);
  const isLong = short === 1;
  if (isLong && head.length < longestHeader) throw new RejectedUploadError("undecodable");
  const length = isLong ? Number(head.readBigUInt64BE(8)) : short;
  const content = start + (isLong ? longestHeader : 8);
  // A length of zero: to the end of what holds it.
  const end = length === 0 ? limit : start + length;
  if (end < content || end > limit) throw new RejectedUploadError("undecodable");
  return { type: head.toString("latin1", 4, 8), start, content, end };
}
