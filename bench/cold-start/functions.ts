import { cp, glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { apiBundle, bundle } from "../../infra/bundle.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Lays out what is deployed, in a folder; resolves to the file that a runtime loads. */
export function layOutBundle(folder: string): Promise<string> {
  return layOut(apiBundle(), folder);
}

/** As little as the API could be, bundled as it is. */
export function layOutLibraries(folder: string): Promise<string> {
  return layOut(bundle("bench/cold-start/libraries.ts"), folder);
}

async function layOut(archive: pulumi.asset.AssetArchive, folder: string): Promise<string> {
  const assets = await archive.assets;
  await mkdir(folder, { recursive: true });
  for (const [name, asset] of Object.entries(assets)) {
    if (!(asset instanceof pulumi.asset.StringAsset)) throw new TypeError(`${name} is no text`);
    await writeFile(join(folder, name), await asset.text);
  }
  return join(folder, "index.cjs");
}

/** The same as a compiler leaves it: a file for each of ours, beside node_modules as they are installed. */
export async function layOutUnbundled(folder: string): Promise<string> {
  for await (const path of glob("api/**/*.ts", { cwd: root, exclude: (name) => name === "test" })) {
    const { outputText } = ts.transpileModule(await readFile(join(root, path), "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2024,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    const file = join(folder, path.replace(/\.ts$/, ".js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, outputText);
  }
  await cp(join(root, "package.json"), join(folder, "package.json"));
  const entry = join(folder, "api/index.js");
  await writeFile(
    entry,
    `import { compileAtStart } from "./compilers/at-start.js";
import { createHandler } from "./lambda.js";
export const handler = createHandler({ schemaController: compileAtStart() });
`,
  );
  return entry;
}

/** What any function costs. */
export async function layOutNull(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "index.cjs");
  await writeFile(file, "exports.handler = async () => ({ statusCode: 200 });\n");
  return file;
}
