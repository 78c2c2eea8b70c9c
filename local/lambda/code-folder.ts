import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Code } from "./declared-function.ts";

/** Inside node_modules, so that what a layer would bring, such as sharp, resolves to the checkout's own copy. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/latchkey/functions/", import.meta.url));

type File = readonly [name: string, content: Buffer];

/**
 * Lays a function's code out in a folder that is named for its content, and resolves to the folder. Layers are not
 * unpacked. Rejects with an Error that says which part of the code it cannot lay out.
 */
export async function layOutCode(code: Code): Promise<string> {
  const files = await readCode(code);
  const folder = join(cache, digestOf(files));
  if (await isFolder(folder)) return folder;
  // Written aside and moved in one step: another process must not run half of it.
  const draft = `${folder}-${randomUUID()}`;
  try {
    for (const [name, content] of files) await writeInside(draft, name, content);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isFolder(folder))) throw error;
  }
  return folder;
}

async function writeInside(folder: string, name: string, content: Buffer): Promise<void> {
  const path = join(folder, name);
  if (relative(folder, path).startsWith("..")) throw new Error(`the function's code has a file ${name} outside itself`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function readCode(code: Code): Promise<File[]> {
  if ("path" in code) {
    const folder = resolve(code.path);
    if (await isFolder(folder)) return readFolder(folder, "");
    throw new Error(`the function's code ${folder} is not a folder; the local cloud unpacks no archives`);
  }
  const parts = Object.entries(code.assets).map(async ([name, asset]): Promise<File[]> => {
    if ("text" in asset) return [[name, Buffer.from(asset.text)]];
    const path = resolve(asset.path);
    return (await isFolder(path)) ? readFolder(path, name) : [[name, await readFile(path)]];
  });
  return (await Promise.all(parts)).flat();
}

async function readFolder(folder: string, prefix: string): Promise<File[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<File> => {
        const path = join(entry.parentPath, entry.name);
        return [join(prefix, relative(folder, path)), await readFile(path)];
      }),
  );
}

function digestOf(files: readonly File[]): string {
  const hash = createHash("sha256");
  for (const [name, content] of files.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, content.length])).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  return found?.isDirectory() ?? false;
}
