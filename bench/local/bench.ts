import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { table } from "../report.ts";
import { residentOf } from "./process-tree.ts";
import { startRunningCloud } from "./running-cloud.ts";
import { measureTransfers, type Transfer } from "./transfers.ts";

/** Away from `npm start`'s own ports, so that both can run. */
const port = 4500;
const mebibytes = 1024;
/** Functions that nobody calls end after half a minute; that is what idle means. */
const secondsToIdle = 40;

/** How fast the local cloud starts, what it holds while idle, and a 1 GiB object beside a plain copy of the file. */
export const benchLocal: Bench = async ({ print }) => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
  const dataDir = join(folder, "data");
  try {
    const first = await startRunningCloud(dataDir, port);
    await first.stop();
    const cloud = await startRunningCloud(dataDir, port);
    try {
      print(`Waiting ${secondsToIdle} s for the cloud to be idle …`);
      await delay(secondsToIdle * 1000);
      const idle = await residentOf(cloud.pid);
      print(`Moving ${mebibytes} MiB …\n`);
      const transfers = await measureTransfers(cloud, folder, mebibytes);
      print(
        table([
          ["npm start", "measured", "target"],
          ["ready, with an empty data folder", `${first.secondsToReady.toFixed(1)} s`, "≤ 10 s"],
          ["ready, with data of before", `${cloud.secondsToReady.toFixed(1)} s`, "≤ 10 s"],
          ["resident while idle, all processes", `${idle.toFixed(0)} MiB`, "≤ 400 MB"],
        ]),
      );
      print(`\n${transfersTable(transfers)}`);
    } finally {
      await cloud.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

function transfersTable(transfers: readonly Transfer[]): string {
  const copy = transfers[0]?.seconds ?? Number.NaN;
  const rows = transfers.map(({ name, seconds, rise }) => [
    name,
    seconds.toFixed(2),
    (mebibytes / seconds).toFixed(0),
    `${(seconds / copy).toFixed(1)}×`,
    rise === undefined ? "" : `${rise.toFixed(0)} MiB`,
  ]);
  return table([[`${mebibytes} MiB`, "s", "MiB/s", "of a copy", "memory rose by"], ...rows]);
}
