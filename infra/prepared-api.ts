import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Inside node_modules, so that what runs there finds the packages. */
const cache = `${root}node_modules/.cache/latchkey/prepared/`;

export interface PreparedApi {
  /** The text of an entry point that stands in `api/`. */
  readonly entry: string;
  /** The text of each file that lies beside the bundle. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Has the API say what can be made of its routes before it starts. It runs as a process of its own, since it takes time to
 * say so; and but once for the same sources and packages. Throws what it says when the routes can't be prepared.
 */
export function prepareApi(): PreparedApi {
  const program = buildSync({
    absWorkingDir: root,
    entryPoints: ["api/prepare.ts"],
    bundle: true,
    packages: "external",
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
  }).outputFiles[0]?.text;
  if (!program) throw new Error("esbuild made nothing of api/prepare.ts");
  const name = hash("sha256", program + readFileSync(`${root}package-lock.json`, "utf8"));
  const kept = `${cache}${name}.json`;
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const draft = `${cache}${name}-${process.pid}`;
    writeFileSync(`${draft}.mjs`, program);
    try {
      writeFileSync(draft, execFileSync(process.execPath, [`${draft}.mjs`], { maxBuffer: 64 * 1024 ** 2 }));
    } finally {
      rmSync(`${draft}.mjs`);
    }
    // In one step: another process must not read half of it.
    renameSync(draft, kept);
  }
  return JSON.parse(readFileSync(kept, "utf8"));
}
