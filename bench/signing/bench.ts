import { cpus } from "node:os";
import type { Bench } from "../bench.ts";
import { type BenchPart, conclusion, type Target, targetsTable } from "../report.ts";
import { benchAlbums } from "./albums.ts";
import { benchDownloadUrls } from "./download-urls.ts";
import { benchRequests } from "./requests/bench.ts";
import { benchUploadUrls } from "./upload-urls.ts";

/** Whole servers take longest to warm up, so most of the time is theirs. */
const parts: readonly { readonly part: BenchPart; readonly share: number }[] = [
  { part: benchDownloadUrls, share: 0.25 },
  { part: benchUploadUrls, share: 0.1 },
  { part: benchAlbums, share: 0.15 },
  { part: benchRequests, share: 0.5 },
];

/** Our signing beside the SDK's own functions and the limits, each part interleaved. */
export const benchSigning: Bench = async ({ seconds, print }) => {
  print(`Microseconds of CPU time; Node ${process.version}, ${cpus()[0]?.model ?? "a CPU without a name"}\n`);
  const targets: Target[] = [];
  for (const { part, share } of parts) {
    const found = await part(seconds * share);
    print(`${found.table}\n`);
    targets.push(...found.targets);
  }
  print(targetsTable(targets));
  print(conclusion(targets));
};
