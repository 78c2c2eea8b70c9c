// Builds the client for apps that install it: `npm run build:client`, then `npm pack ./client`.
import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const client = join(root, "client");
/** Part of the worker's bundle, whose licence asks to be named. */
const hashesNotice = "/*! Contains @noble/hashes, MIT License, (c) 2022 Paul Miller (https://paulmillr.com) */";

/** Writes ES modules for browsers and for Node, the worker and the types into a folder, which is emptied first. */
export async function buildClient(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const common = { absWorkingDir: client, bundle: true, format: "esm", target: "es2022", outdir: folder } as const;
  const external = ["openapi-fetch"];
  await Promise.all([
    build({ ...common, entryPoints: { node: "index.ts" }, platform: "node", external }),
    build({ ...common, entryPoints: { browser: "index.ts" }, platform: "browser", external }),
    build({
      ...common,
      entryPoints: { "hash-worker": "browser/hash-worker.ts" },
      platform: "browser",
      minify: true,
      banner: { js: hashesNotice },
    }),
    writeTypes(folder),
  ]);
}

async function writeTypes(folder: string): Promise<void> {
  const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
  await promisify(execFile)(process.execPath, [tsc, "-p", join(client, "tsconfig.build.json"), "--outDir", folder]);
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(folder, name);
    // TypeScript leaves the names of our sources in the types; the files beside them are named as modules are.
    const types = (await readFile(file, "utf8")).replaceAll(/(from "\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');
    await writeFile(file, types);
  }
}

if (import.meta.main) {
  await buildClient(join(client, "dist"));
  console.log("The client is in client/dist.");
}
