import type { FileHandle } from "node:fs/promises";
import { RejectedUploadError } from "../rejected-upload-error.ts";
import { type Box, boxAt, boxesIn, emptied, topLevelBoxes } from "./boxes.ts";
import type { Patch } from "./patch.ts";
import { readExactly } from "./read-exactly.ts";
import { samplesOf } from "./samples.ts";

/** That of a film of several hours has some ten million bytes. */
const largestMovieBox = 64 * 1024 ** 2;

/** What viewers need; everything else, such as the positions that action cameras record, is not theirs. */
const shownTracks = new Set(["vide", "soun", "text", "sbtl", "subt", "clcp", "tmcd"]);
/** Where phones write place, camera and owner. */
const metadata = new Set(["udta", "meta", "uuid"]);

/**
 * What must be overwritten in an MP4 or QuickTime file so that viewers see the film and nothing about who took it, where,
 * with what. Throws RejectedUploadError for a file that has no film or was cut off.
 */
export async function inspectMp4(file: FileHandle, size: number): Promise<Patch[]> {
  const boxes = await topLevelBoxes(file, size);
  const [movie, ...others] = boxes.filter(({ type }) => type === "moov");
  const media = boxes.filter(({ type, content, end }) => type === "mdat" && end > content);
  if (!movie || others.length > 0 || media.length === 0 || movie.end - movie.start > largestMovieBox) {
    throw new RejectedUploadError("undecodable");
  }
  const buffer = await readExactly(file, movie.start, movie.end - movie.start);
  const inside: Box = { type: "moov", start: 0, content: movie.content - movie.start, end: buffer.length };
  const children = boxesIn(buffer, inside);
  const tracks = children.filter(({ type }) => type === "trak");
  if (!tracks.some((track) => handlerOf(buffer, track) === "vide")) throw new RejectedUploadError("undecodable");

  const hidden = tracks.filter((track) => !shownTracks.has(handlerOf(buffer, track) ?? ""));
  // The samples of a track in fragments lie in every one of them, where they are not looked for.
  if (hidden.length > 0 && boxes.some(({ type }) => type === "moof")) throw new RejectedUploadError("undecodable");
  const shown = tracks.filter((track) => !hidden.includes(track));
  const emptyBoxes = [
    ...boxes.filter(({ type }) => metadata.has(type)),
    ...[
      ...hidden,
      ...[children, ...shown.map((track) => boxesIn(buffer, track))].flat().filter(({ type }) => metadata.has(type)),
    ].map((box) => ({ ...box, start: box.start + movie.start, end: box.end + movie.start })),
  ];
  return [...hidden.flatMap((track) => samplesOf(buffer, track, media)), ...emptyBoxes.map(emptied)];
}

function handlerOf(buffer: Buffer, track: Box): string | undefined {
  const handler = boxAt(buffer, track, "mdia", "hdlr");
  // After four bytes of version and flags, and four that QuickTime uses for its own.
  return handler && buffer.toString("latin1", handler.content + 8, Math.min(handler.content + 12, handler.end));
}
