import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import { interleave, type Subject } from "../interleave.ts";
import { conclusion, faster, measuredTable, targetsTable, within } from "../report.ts";
import { layOutBundle, layOutLibraries, layOutNull, layOutUnbundled } from "./functions.ts";
import { type Neighbours, startNeighbours } from "./neighbours.ts";

const host = fileURLToPath(new URL("host.cjs", import.meta.url));
/** Inside node_modules, so that what is not bundled resolves to the checkout's packages. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/latchkey/", import.meta.url));

/** From the start of a process to its first signed answer: the function as it is deployed, beside nothing and beside no bundle. */
export const benchColdStart: Bench = async ({ seconds, print }) => {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "cold-start-"));
  const neighbours = await startNeighbours();
  try {
    const event = join(folder, "event.json");
    await writeFile(event, JSON.stringify(neighbours.event));
    const subject = (name: string, path: string) => coldStart(name, path, event, neighbours);
    const measured = await interleave(
      {
        nothing: subject("a null handler", await layOutNull(join(folder, "null"))),
        libraries: subject("its libraries alone", await layOutLibraries(join(folder, "libraries"))),
        bundled: subject("the bundle", await layOutBundle(join(folder, "bundled"))),
        unbundled: subject("everything unbundled", await layOutUnbundled(join(folder, "unbundled"))),
      },
      seconds,
    );
    const { nothing, libraries, bundled, unbundled } = measured;
    const targets = [
      within("the bundle, against a null handler", bundled, nothing, 2.3, libraries),
      faster("the bundle, against everything unbundled", bundled, unbundled, 5, libraries),
    ];
    print(
      `Microseconds of CPU time of all threads, from the process's start to its first signed answer; ${process.version}\n`,
    );
    print(`${measuredTable("Cold starts", Object.values(measured))}\n`);
    print(targetsTable(targets));
    print(conclusion(targets));
  } finally {
    neighbours.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Each round is a process of its own. */
function coldStart(name: string, path: string, event: string, { environment }: Neighbours): Subject {
  return {
    name,
    async round() {
      const child = spawn(process.execPath, [host, path, event], {
        env: environment,
        stdio: ["ignore", "ignore", "inherit", "pipe"],
      });
      const exited = once(child, "exit");
      const answerPipe = child.stdio[3];
      const said = answerPipe instanceof Readable ? await text(answerPipe) : "";
      await exited;
      if (!said) throw new Error(`${name}: its process ended without an answer`);
      const { microseconds, answer } = JSON.parse(said);
      if (answer.statusCode !== 200) throw new Error(`${name} answered ${answer.statusCode}: ${answer.body}`);
      return microseconds;
    },
  };
}
