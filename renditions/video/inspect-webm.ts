import type { FileHandle } from "node:fs/promises";
import { RejectedUploadError } from "../rejected-upload-error.ts";
import type { Patch } from "./patch.ts";
import { readAtMost, readExactly } from "./read-exactly.ts";

/** Of the Matroska specification (RFC 9559). */
const ids = { header: 0x1a45dfa3, segment: 0x18538067, cluster: 0x1f43b675, tracks: 0x1654ae6b } as const;
const trackEntry = 0xae;
const trackType = 0x83;
const videoTrack = 1;
/** Tags, where a place may stand, and attached files. */
const metadata = new Set([0x1254c367, 0x1941a469]);
/** Only what is recorded as it happens has no length. */
const mayBeOpen = new Set<number>([ids.segment, ids.cluster]);

/** A film of hours as a browser records it, in clusters without a length, has about a million blocks. */
const mostElements = 2_000_000;
const largestTracks = 1024 ** 2;
const longestHeader = 12;

/** An element of EBML (RFC 8794): where it, its content and its end stand; without an end it goes on as long as its children do. */
interface Element {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number | undefined;
}

/**
 * What must be overwritten in a WebM file so that viewers see the film and nothing about it. Throws RejectedUploadError
 * for a file that has no film or was cut off.
 */
export async function inspectWebm(file: FileHandle, size: number): Promise<Patch[]> {
  const patches: Patch[] = [];
  const seen = new Set<number>();
  let hasVideo = false;
  let elements = 0;
  for (let at = 0; at < size; elements++) {
    const element = parseHeader(await readAtMost(file, at, longestHeader), at);
    const { id, content, end } = element;
    const isInPlace = (elements === 0) === (id === ids.header) && endsWell(element, size);
    if (!isInPlace || elements > mostElements) throw new RejectedUploadError("undecodable");
    seen.add(id);
    if (id === ids.tracks && end !== undefined) hasVideo ||= hasVideoTrack(await readTracks(file, content, end));
    if (metadata.has(id) && end !== undefined) patches.push(emptied(element, end));
    at = id === ids.segment || end === undefined ? content : end;
  }
  if (!hasVideo || !seen.has(ids.segment) || !seen.has(ids.cluster)) throw new RejectedUploadError("undecodable");
  return patches;
}

/** The segment holds all that comes after it: anything behind it is not of this file. */
function endsWell({ id, end }: Element, size: number): boolean {
  if (end === undefined) return mayBeOpen.has(id);
  return id === ids.segment ? end === size : end <= size;
}

async function readTracks(file: FileHandle, from: number, end: number): Promise<Buffer> {
  if (end - from > largestTracks) throw new RejectedUploadError("undecodable");
  return readExactly(file, from, end - from);
}

function hasVideoTrack(tracks: Buffer): boolean {
  const entries = elementsIn(tracks, 0, tracks.length).filter(({ id }) => id === trackEntry);
  return entries.some(({ content, end = tracks.length }) =>
    elementsIn(tracks, content, end).some((each) => each.id === trackType && tracks[each.content] === videoTrack),
  );
}

function elementsIn(buffer: Buffer, from: number, end: number): Element[] {
  const elements: Element[] = [];
  for (let at = from; at < end; ) {
    const element = parseHeader(buffer.subarray(at, at + longestHeader), at);
    if (element.end === undefined || element.end > end) throw new RejectedUploadError("undecodable");
    elements.push(element);
    at = element.end;
  }
  return elements;
}

function parseHeader(head: Buffer, start: number): Element {
  const idLength = lengthOf(head, 0, 4);
  const sizeLength = lengthOf(head, idLength, 8);
  if (head.length < idLength + sizeLength) throw new RejectedUploadError("undecodable");
  const content = start + idLength + sizeLength;
  // The first bit that is set tells the length and is no part of the size; one of nothing but ones says that it is not known.
  const bits = 7 * sizeLength;
  const size = BigInt.asUintN(bits, BigInt(`0x${head.toString("hex", idLength, idLength + sizeLength)}`));
  const isKnown = size !== 2n ** BigInt(bits) - 1n;
  return { id: head.readUIntBE(0, idLength), start, content, end: isKnown ? content + Number(size) : undefined };
}

/** Of an id or a size: one byte, and one for each zero that its first byte begins with. */
function lengthOf(head: Buffer, at: number, longest: number): number {
  const length = Math.clz32(head[at] ?? 0) - 23;
  if (length > longest) throw new RejectedUploadError("undecodable");
  return length;
}

/** An element as a Void of the same length. */
function emptied({ start }: Element, end: number): Patch {
  const length = end - start;
  const header = Buffer.alloc(Math.min(length, 9));
  header[0] = 0xec;
  if (length < 9) header[1] = 0x80 + length - 2;
  else header.writeBigUInt64BE(2n ** 56n + BigInt(length - 9), 1);
  return { at: start, length, header };
}
