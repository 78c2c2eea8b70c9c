import { RejectedUploadError } from "../rejected-upload-error.ts";
import { type Box, boxAt } from "./boxes.ts";
import type { Patch } from "./patch.ts";

/** A position each tenth of a second, over a day. */
const mostChunks = 1_000_000;

/**
 * Where the samples of a track lie in the file, by its sample tables (ISO/IEC 14496-12, 8.7). Throws RejectedUploadError for
 * tables that lead anywhere but into `media`, or more than once around it.
 */
export function samplesOf(buffer: Buffer, track: Box, media: readonly Box[]): Patch[] {
  const table = (type: string) => {
    const box = boxAt(buffer, track, "mdia", "minf", "stbl", type);
    return box && buffer.subarray(box.content, box.end);
  };
  try {
    const sizes = table("stsz");
    const runs = table("stsc");
    const [offsets, width] = table("stco") ? ([table("stco"), 4] as const) : ([table("co64"), 8] as const);
    if (!sizes || !runs || !offsets) throw new RejectedUploadError("undecodable");
    const patches = chunksOf({ sizes, runs, offsets, width });
    const total = patches.reduce((sum, { length }) => sum + length, 0);
    const room = media.reduce((sum, { content, end }) => sum + end - content, 0);
    const isInside = ({ at, length }: Patch) => media.some(({ content, end }) => at >= content && at + length <= end);
    if (total > room || !patches.every(isInside)) throw new RejectedUploadError("undecodable");
    return patches;
  } catch (error) {
    // A table that says it is longer than it is.
    throw error instanceof RangeError ? new RejectedUploadError("undecodable") : error;
  }
}

interface Tables {
  readonly sizes: Buffer;
  readonly runs: Buffer;
  readonly offsets: Buffer;
  readonly width: 4 | 8;
}

/** Every chunk is a row of samples without gaps. */
function chunksOf({ sizes, runs, offsets, width }: Tables): Patch[] {
  const sizeOfAll = sizes.readUInt32BE(4);
  const samples = sizes.readUInt32BE(8);
  const chunks = offsets.readUInt32BE(4);
  if (chunks > mostChunks) throw new RejectedUploadError("undecodable");
  const patches: Patch[] = [];
  let sample = 0;
  let run = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    // A run holds from its first chunk, counted from one, until the next one's.
    if (run + 1 < runs.readUInt32BE(4) && runs.readUInt32BE(8 + (run + 1) * 12) <= chunk + 1) run += 1;
    const inChunk = Math.min(runs.readUInt32BE(8 + run * 12 + 4), samples - sample);
    let length = sizeOfAll * inChunk;
    for (let each = 0; sizeOfAll === 0 && each < inChunk; each++)
      length += sizes.readUInt32BE(12 + (sample + each) * 4);
    sample += inChunk;
    const entry = 8 + chunk * width;
    patches.push({ at: width === 4 ? offsets.readUInt32BE(entry) : Number(offsets.readBigUInt64BE(entry)), length });
  }
  return patches;
}
