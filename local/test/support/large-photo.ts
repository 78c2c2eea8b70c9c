import { readFile } from "node:fs/promises";
import { samplePhoto } from "../../walkthrough.ts";

/** The sample photograph, made longer than so many bytes by comments, as no decoder minds. */
export async function largePhoto(bytes: number): Promise<Buffer> {
  const jpeg = await readFile(samplePhoto);
  // A segment says its own length, which counts the two bytes that say it.
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(0xffff - 2, "latchkey ")]);
  const comments = Array.from({ length: Math.ceil(bytes / comment.length) }, () => comment);
  return Buffer.concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)]);
}
