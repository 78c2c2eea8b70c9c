import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { type KeyPair, newKeyPair } from "./access-keys.ts";

const StoredKey = Type.Object({
  accessKeyId: Type.String({ pattern: "^AKIA[A-Z2-7]{16}$" }),
  secretAccessKey: Type.String({ minLength: 40 }),
});

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
  const key = parseJson(text);
  if (Value.Check(StoredKey, key)) return key;
  throw new Error(`${path} is damaged: delete it, and the next start makes a new administrator's key.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
