import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KeyPair, newKeyPair } from "./access-keys.ts";

/** The administrator's access key, random at the first start and the same ever after; readable by its owner only. */
export function loadAdminKey(dataDir: string): KeyPair {
  const path = join(dataDir, "admin-key.json");
  const text = readIfPresent(path);
  if (text !== undefined) return parseKey(text, path);
  const key = newKeyPair("AKIA");
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parseKey(text: string, path: string): KeyPair {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(text);
    if (/^AKIA[A-Z2-7]{16}$/.test(accessKeyId) && typeof secretAccessKey === "string" && secretAccessKey.length >= 40) {
      return { accessKeyId, secretAccessKey };
    }
  } catch {
    // Not JSON, or not an object: damaged all the same.
  }
  throw new Error(`${path} is damaged: delete it, and the next start makes a new administrator's key.`);
}
