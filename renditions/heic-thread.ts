import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import libheif, { type HeifImage, type Pixels } from "libheif-js/wasm-bundle.js";
import type { HeicJob } from "./decode-heic.ts";
import { type TiffImage, writeTiff } from "./write-tiff.ts";

/* The thread of one HEIC file: writes its pixels and answers whether they could be decoded. */

const { source, target, icc, maxPixels }: HeicJob = workerData;

async function decode(file: Uint8Array): Promise<TiffImage | undefined> {
  const image = new libheif.HeifDecoder().decode(file).find((each) => each.is_primary());
  if (!image) return undefined;
  const [width, height] = [image.get_width(), image.get_height()];
  // Its size was read before, by another library: the memory is asked for by this one's word.
  if (width * height === 0 || width * height > maxPixels) return undefined;
  const data = Buffer.alloc(width * height * 4);
  if (!(await display(image, { data, width, height }))) return undefined;
  return image.has_alpha_channel()
    ? { data, width, height, channels: 4 }
    : { data: withoutAlpha(data), width, height, channels: 3 };
}

/** Whether the pixels are all there. What WebAssembly throws meanwhile reaches nobody but the process: there is no caller. */
async function display(image: HeifImage, pixels: Pixels): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onThrown = () => resolve(false);
  process.once("unhandledRejection", onThrown);
  image.display(pixels, (displayed) => resolve(displayed !== null));
  return promise.finally(() => process.off("unhandledRejection", onThrown));
}

/** In place: the pixels of a large photo are not to be held twice. */
function withoutAlpha(data: Buffer): Buffer {
  const pixels = data.length / 4;
  for (let pixel = 1; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[pixel * 3 + channel] = data[pixel * 4 + channel] ?? 0;
  }
  return data.subarray(0, pixels * 3);
}

async function run(): Promise<boolean> {
  const file = readFileSync(source);
  // WebAssembly that runs into its bounds throws, and that too is the file's doing.
  const image = await decode(file).catch(() => undefined);
  if (image) writeTiff(target, { ...image, icc });
  return image !== undefined;
}

run().then((isDecoded) => parentPort?.postMessage(isDecoded));
