import { isMet, targetsTable } from "../report.ts";
import { benchAlbums } from "./albums.ts";
import { benchDownloadUrls } from "./download-urls.ts";
import { benchRequests } from "./requests/bench.ts";
import { benchUploadUrls } from "./upload-urls.ts";

/** Our signing beside the SDK's own functions and the limits, in one interleaved run each. */
export async function benchSigning({
  seconds,
  print,
}: {
  seconds: number;
  print: (text: string) => void;
}): Promise<void> {
  const parts = [benchDownloadUrls, benchUploadUrls, benchAlbums, benchRequests];
  const targets = [];
  for (const part of parts) {
    const { table, targets: found } = await part(seconds / parts.length);
    print(`${table}\n`);
    targets.push(...found);
  }
  print(targetsTable(targets));
  print(targets.every(isMet) ? "All targets are met." : "Not all targets are met: see above.");
}
