import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { RejectedUploadError } from "./rejected-upload-error.ts";

export interface HeicJob {
  readonly source: string;
  readonly target: string;
  readonly icc: Uint8Array | undefined;
  readonly maxPixels: number;
}

/** A phone's photo takes about two seconds. */
const longestMilliseconds = 60_000;
/** The decoder wants the file whole; a camera's largest take a quarter of this. */
const mostBytes = 128 * 1024 ** 2;

/** Beside this file: a source beside the source, and beside the function's bundle a bundle. */
const thread = join(import.meta.dirname, `heic-thread${extname(import.meta.filename)}`);

/**
 * Writes the pixels of a HEIC file, upright and with its colour profile, to a TIFF beside it, and resolves to its path.
 * The decoder runs in WebAssembly in a thread that ends with the photo: whatever a hostile file makes of it can hold
 * neither its memory nor the time of the next photo, and no credentials are in its environment. Throws
 * RejectedUploadError for a file that is larger than 128 MiB, or can't be decoded, or not within the time.
 */
export async function decodeHeic(
  source: string,
  options: Pick<HeicJob, "icc" | "maxPixels">,
  milliseconds = longestMilliseconds,
): Promise<string> {
  if ((await stat(source)).size > mostBytes) throw new RejectedUploadError("undecodable");
  const workerData: HeicJob = { source, target: `${source}.tiff`, ...options };
  // Lambda says by NODE_PATH where its layers are, the decoder among them.
  const { NODE_PATH } = process.env;
  // Its own words to the console go nowhere: the log is the worker's.
  const worker = new Worker(thread, { workerData, env: { NODE_PATH }, stdout: true, stderr: true });
  worker.stdout.resume();
  worker.stderr.resume();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  worker.once("message", (isDecoded) => resolve(isDecoded === true));
  worker.once("error", reject);
  worker.once("exit", (code) => reject(new Error(`The HEIC thread ended with ${code} and without an answer`)));
  try {
    if (!(await promise)) throw new RejectedUploadError("undecodable");
    return workerData.target;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
