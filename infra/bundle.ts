import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { type BuildOptions, buildSync } from "esbuild";
import { type PreparedApi, prepareApi } from "./prepared-api.ts";

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
  const asset = (path: string) => new pulumi.asset.StringAsset(build(path, { entryPoints: [path], external }));
  const threads = beside.map((path) => [`${basename(path, ".ts")}.cjs`, asset(path)]);
  return new pulumi.asset.AssetArchive({ "index.cjs": asset(entryPoint), ...Object.fromEntries(threads) });
}

/** The API's function, with all that its routes decide made beforehand. */
export function apiBundle(): pulumi.asset.AssetArchive {
  prepared ??= prepareApi();
  const stdin = { contents: prepared.entry, resolveDir: `${root}api` };
  const code = build("api/lambda.ts", { stdin, external: needlessOncePrepared });
  const files = Object.entries({ "index.cjs": code, ...prepared.files });
  return new pulumi.asset.AssetArchive(
    Object.fromEntries(files.map(([name, text]) => [name, new pulumi.asset.StringAsset(text)])),
  );
}

/** What compiles schemas and describes routes. A function that asked for it after all would fail to start. */
const needlessOncePrepared = ["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler", "@fastify/swagger"];

/** Sources don't change while a process runs stacks. */
let prepared: PreparedApi | undefined;
const bundles = new Map<string, string>();

function build(name: string, options: BuildOptions): string {
  const text = bundles.get(name) ?? buildAnew(name, options);
  bundles.set(name, text);
  return text;
}

function buildAnew(name: string, options: BuildOptions): string {
  const { outputFiles, warnings } = buildSync({
    ...options,
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node24",
    // Packages' ES modules where they have some: of those, what is not used is left out.
    mainFields: ["module", "main"],
    // Names stay: those of classes reach the log as errors' names, and to restore them would cost more at each start than it saves.
    minifyWhitespace: true,
    minifySyntax: true,
    // As `require`: to import `node:http` would have Node read all that it exports, its WebSocket among them, and so load `fetch`.
    supported: { "dynamic-import": false },
    legalComments: "none",
    logLevel: "silent",
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
  });
  const [warning] = warnings;
  if (warning) throw new Error(`${name}: ${warning.text} (${warning.location?.file}:${warning.location?.line})`);
  const [file] = outputFiles;
  if (!file) throw new Error(`${name}: esbuild made nothing of it`);
  return file.text;
}

/** A Lambda layer that `npm run build` has put together; only the engine reads it. */
export function layer(name: string): pulumi.asset.Archive {
  return new pulumi.asset.FileArchive(`${root}.build/${name}-layer`);
}
