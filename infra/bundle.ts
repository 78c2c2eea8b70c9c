import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface BundleOptions {
  external?: string[];
  /** Entry points of threads: files of their own names in the same folder. */
  beside?: string[];
}

/**
 * One file, `index.cjs`, of an entry point and all it imports but `external`. CommonJS, because ES modules do not look
 * into Lambda layers; so no top-level await, and of `import.meta` only where the file is. Paths are relative to the repository.
 */
export function bundle(
  entryPoint: string,
  { external = [], beside = [] }: BundleOptions = {},
): pulumi.asset.AssetArchive {
  const threads = beside.map((path) => [`${basename(path, ".ts")}.cjs`, asset(path, external)]);
  return new pulumi.asset.AssetArchive({ "index.cjs": asset(entryPoint, external), ...Object.fromEntries(threads) });
}

function asset(entryPoint: string, external: string[]): pulumi.asset.Asset {
  const text = bundles.get(entryPoint) ?? build(entryPoint, external);
  bundles.set(entryPoint, text);
  return new pulumi.asset.StringAsset(text);
}

/** Sources don't change while a process runs stacks. */
const bundles = new Map<string, string>();

function build(entryPoint: string, external: string[]): string {
  const { outputFiles, warnings } = buildSync({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node24",
    minify: true,
    // Class names reach the log as error names.
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
    external,
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
  });
  const [warning] = warnings;
  if (warning) throw new Error(`${entryPoint}: ${warning.text} (${warning.location?.file}:${warning.location?.line})`);
  const [file] = outputFiles;
  if (!file) throw new Error(`${entryPoint}: esbuild made nothing of it`);
  return file.text;
}

/** A Lambda layer that `npm run build` has put together; only the engine reads it. */
export function layer(name: string): pulumi.asset.Archive {
  return new pulumi.asset.FileArchive(`${root}.build/${name}-layer`);
}
