import { readdirSync, rmSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "latchkey-upload-";

/** A folder for one upload, which goes when the scope that holds it ends. */
export function scratchFolder() {
  return mkdtempDisposable(join(tmpdir(), prefix));
}

/**
 * Takes away what invocations before this process left behind. Lambda ends one that takes too long wherever it stands, then
 * starts over with /tmp as it was: full, with room for one upload only, it would fail every photo that comes after.
 */
export function emptyScratch(): void {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(prefix)) rmSync(join(tmpdir(), name), { recursive: true });
  }
}
