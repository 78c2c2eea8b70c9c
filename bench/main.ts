import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";

/** Loaded when asked for, so that no bench measures what another one has loaded. */
const benches: Record<string, () => Promise<Bench>> = {
  absent: async () => (await import("./absent/bench.ts")).benchAbsent,
  "cold-start": async () => (await import("./cold-start/bench.ts")).benchColdStart,
  feed: async () => (await import("./feed/bench.ts")).benchFeed,
  local: async () => (await import("./local/bench.ts")).benchLocal,
  renditions: async () => (await import("./renditions/bench.ts")).benchRenditions,
  signing: async () => (await import("./signing/bench.ts")).benchSigning,
  uploads: async () => (await import("./uploads/bench.ts")).benchUploads,
};

const usage = `Usage: npm run bench -- <${Object.keys(benches).join("|")}> [--seconds 60]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string", default: "60" } },
});
const load = benches[positionals[0] ?? ""];
const seconds = Number(values.seconds);
if (!load || positionals.length > 1 || !(seconds > 0)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const bench = await load();
  await bench({ seconds, print: (text) => console.log(text) });
}
