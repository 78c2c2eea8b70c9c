import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { renditionNames } from "../../api/domain/photo.ts";
import { encoders } from "../../renditions/encoders.ts";
import { makeRenditions } from "../../renditions/make-renditions.ts";
import type { Bench } from "../bench.ts";
import { clocked } from "../clocked.ts";
import { interleave, type Measured } from "../interleave.ts";
import { conclusion, faster, measuredTable, targetsTable, within } from "../report.ts";
import { examplePhoto } from "./example-photo.ts";
import { memoryTable } from "./memory.ts";

/** The renditions of a phone's photo beside decoding it at all and beside making one after the other; and what the largest take. */
export const benchRenditions: Bench = async ({ seconds, print }) => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
  try {
    const file = join(folder, "phone.jpg");
    await (await examplePhoto(12)).jpeg({ quality: 90 }).toFile(file);
    const measured = await interleave(
      {
        limit: clocked("decode and resize once, encode nothing", () => resized(file, largestEdge).raw().toBuffer()),
        largest: clocked("the same, and encode it", () => encoders.webp(resized(file, largestEdge)).toBuffer()),
        ours: clocked("ours", () =>
          makeRenditions(file, { contentType: "image/jpeg", maxPixels: 20_000_000, formats: [] }),
        ),
        oneByOne: clocked("one by one, each from the file", async () => {
          for (const edge of edges) await encoders.webp(resized(file, edge)).toBuffer();
        }),
      },
      seconds,
    );
    const { limit, largest, ours, oneByOne } = measured;
    // No arrangement is done before the encoder, which uses one core, is done with the largest.
    const targets = [
      { ...within("renditions, against decode and resize", ours, limit, 3), ceiling: ratio(largest, limit) },
      faster("renditions, against one by one, same effort", ours, oneByOne, 1.5, largest),
    ];
    print(`${measuredTable("12 megapixels, JPEG, all renditions", Object.values(measured))}\n`);
    print(targetsTable(targets));
    print(`${conclusion(targets)}\n`);
    print(await memoryTable(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const ratio = (one: Measured, other: Measured) => one.microseconds / other.microseconds;
const edges = renditionNames.map(Number);
const largestEdge = Math.max(...edges);

function resized(file: string, edge: number) {
  return sharp(file, { autoOrient: true, failOn: "error" }).resize({ width: edge, height: edge, fit: "inside" });
}
