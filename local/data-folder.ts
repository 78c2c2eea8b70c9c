import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The version of what services keep; a folder of another version is refused, not guessed at. */
const format = "latchkey-data 1";

/** Where a running cloud tells tools its addresses. */
export const addressesFile = "local.json";

/** Folders that this process itself holds; a lock with our own number may also be a dead process's that had it before. */
const held = new Set<string>();

export interface DataFolder {
  /** A folder of one service's own. */
  of(service: string): Promise<string>;
  release(): Promise<void>;
}

/**
 * Claims a data folder for this process: two local clouds on one folder would tear its files.
 * Throws an Error that says what to do when it is in use, of another version, or cannot be written.
 */
export async function claimDataFolder(path: string): Promise<DataFolder> {
  const lock = join(path, "lock");
  const release = async () => {
    held.delete(path);
    await rm(lock, { force: true });
  };
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await claimLock(lock, path);
    await checkFormat(join(path, "format"), path).catch(async (error: unknown) => {
      await release();
      throw error;
    });
  } catch (error) {
    throw explainFault(error, path);
  }
  return {
    async of(service) {
      const folder = join(path, service);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    release,
  };
}

/** What to do where the file system refuses something in a data folder; any other error is handed back as it is. */
export function explainFault(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "path" in error && String(error.path).startsWith(path))) return error;
  return new Error(
    `the data folder ${path} cannot be used (${error.message}): mend or move that, or give another one with --data DIR.`,
  );
}

async function claimLock(lock: string, path: string): Promise<void> {
  // Linked once it is whole: nobody ever reads a lock without a number in it.
  const mine = `${lock}.${process.pid}`;
  await writeFile(mine, String(process.pid), { mode: 0o600 });
  try {
    await link(mine, lock);
    held.add(path);
  } catch (error) {
    if (!isExisting(error)) throw error;
    const holder = Number(await readFile(lock, "utf8"));
    if (holder === process.pid ? held.has(path) : isAlive(holder)) {
      throw new Error(
        `the data folder ${path} is in use by process ${holder}: stop it, or give another folder with --data DIR.`,
      );
    }
    // Its holder was killed: the claim is void, and nobody answers at the addresses that it left.
    await rm(join(path, addressesFile), { force: true });
    await rm(lock, { force: true });
    await claimLock(lock, path);
  } finally {
    await rm(mine, { force: true });
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function checkFormat(file: string, path: string): Promise<void> {
  const used = (await readdir(path)).some((name) => !name.startsWith("lock"));
  if (!used) return writeFile(file, `${format}\n`, { mode: 0o600 });
  // Whoever names a wrong folder, a home or a project, must not find it strewn with ours.
  const found = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "nothing";
    throw error;
  });
  if (found.trim() === format) return;
  throw new Error(
    `the data folder ${path} is damaged, of another version or no data folder ` +
      `(${JSON.stringify(found.trim().slice(0, 40))} where "${format}" belongs): ` +
      "move it away, or give another one with --data DIR.",
  );
}
