import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * One file, `index.cjs`, of an entry point and all it imports but `external`. CommonJS, because ES modules do not look
 * into Lambda layers; so neither top-level await nor `import.meta`. The path is relative to the repository.
 */
export function bundle(entryPoint: string, options: { external?: string[] } = {}): pulumi.asset.Archive {
  const text = bundles.get(entryPoint) ?? build(entryPoint, options.external ?? []);
  bundles.set(entryPoint, text);
  return new pulumi.asset.AssetArchive({ "index.cjs": new pulumi.asset.StringAsset(text) });
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
