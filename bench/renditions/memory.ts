import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sharp } from "sharp";
import { peakOf } from "../local/process-tree.ts";
import { table } from "../report.ts";
import { examplePhoto } from "./example-photo.ts";

/** As `latchkey:maxPixels` stands when no stack sets it. */
const mostMegapixels = 120;
/** What the function is given, the runtime's own included. */
const mebibytesOfWorker = 3008;

const kinds: readonly (readonly [name: string, encode: (photo: Sharp) => Sharp])[] = [
  ["JPEG, on its side", (photo) => photo.withMetadata({ orientation: 6 }).jpeg()],
  ["JPEG, progressive", (photo) => photo.jpeg({ progressive: true })],
  ["PNG", (photo) => photo.png({ compressionLevel: 1 })],
  ["WebP", (photo) => photo.webp({ effort: 0 })],
];

/** What a process of its own holds at most while it renders the largest photo allowed, and again while it does so twice more. */
export async function memoryTable(folder: string): Promise<string> {
  const photo = await examplePhoto(mostMegapixels - 1);
  const rows: string[][] = [];
  for (const [name, encode] of kinds) {
    const file = join(folder, "largest");
    const { format } = await encode(photo.clone()).toFile(file);
    const peaks = [
      await peakOfRendering(file, `image/${format}`, 1),
      await peakOfRendering(file, `image/${format}`, 3),
    ];
    const fits = peaks.every((peak) => peak < mebibytesOfWorker);
    rows.push([name, ...peaks.map((peak) => peak.toFixed(0)), fits ? "fits" : "TOO MUCH"]);
  }
  return table([[`${mostMegapixels} megapixels, MiB`, "once", "three times", `of ${mebibytesOfWorker}`], ...rows]);
}

async function peakOfRendering(file: string, contentType: string, times: number): Promise<number> {
  const child = fileURLToPath(new URL("render-child.ts", import.meta.url));
  const parameters = [child, file, contentType, String(mostMegapixels * 1_000_000), String(times)];
  const rendering = spawn(process.execPath, parameters, { stdio: ["ignore", "ignore", "inherit"] });
  return peakOf(rendering.pid ?? process.pid, async () => {
    const [code] = await once(rendering, "exit");
    if (code !== 0) throw new Error(`Rendering ${contentType} ended with ${code}`);
  });
}
