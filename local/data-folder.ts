import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** The version of what services keep; a folder of another version is refused, not guessed at. */
const format = "latchkey-data 1";

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
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await claimLock(lock, path);
    await checkFormat(join(path, "format"), path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`the data folder ${path} cannot be used (${message}): give another one with --data DIR.`);
  }
  return {
    async of(service) {
      const folder = join(path, service);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    release: () => rm(lock, { force: true }),
  };
}

async function claimLock(lock: string, path: string): Promise<void> {
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = Number(await readFile(lock, "utf8"));
    if (holder !== process.pid && isAlive(holder)) {
      throw new Error(
        `the data folder ${path} is in use by process ${holder}: stop it, or give another folder with --data DIR.`,
      );
    }
    // Its holder was killed: the claim is void.
    await rm(lock, { force: true });
    await claimLock(lock, path);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function checkFormat(file: string, path: string): Promise<void> {
  const found = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (found === undefined) {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${format}\n`);
    await handle.close();
  } else if (found.trim() !== format) {
    throw new Error(
      `the data folder ${path} is damaged or of another version (${JSON.stringify(found.slice(0, 40).trim())} where "${format}" belongs): ` +
        "move it away, or give another one with --data DIR.",
    );
  }
}
