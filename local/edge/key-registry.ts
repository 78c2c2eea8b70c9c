import { createHash, type KeyObject, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { SqliteDatabase } from "../sqlite-database.ts";
import { parseTrustedKey } from "./trusted-key.ts";

/* What was made and changed since the program declared its own: it outlives a restart, as it would in AWS. */
const schema = `
  CREATE TABLE public_keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, caller_reference TEXT NOT NULL UNIQUE, pem TEXT NOT NULL,
    comment TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE key_groups (id TEXT PRIMARY KEY, items TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

const KeyRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  caller_reference: Type.String(),
  pem: Type.String(),
  comment: Type.String(),
  created_at: Type.Number(),
});
const GroupRow = Type.Object({ items: Type.String(), changed_at: Type.Number() });

export const mostKeysOfGroup = 5;
const DeclaredGroup = Type.Object({
  items: Type.Array(Type.String(), { minItems: 1, maxItems: mostKeysOfGroup }),
  comment: Type.Optional(Type.String()),
});
const DeclaredKey = Type.Object({ encodedKey: Type.String(), comment: Type.Optional(Type.String()) });

export interface PublicKey {
  readonly id: string;
  readonly name: string;
  readonly callerReference: string;
  readonly pem: string;
  readonly comment: string;
  readonly createdAt: Date;
}

export interface KeyGroup {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  /** Ids of public keys. */
  readonly items: readonly string[];
  readonly changedAt: Date;
}

const publicKeyType = "aws:cloudfront/publicKey:PublicKey";
const keyGroupType = "aws:cloudfront/keyGroup:KeyGroup";

/** CloudFront's public keys and key groups: those that the program declares, as the control plane has changed them since. */
export class KeyRegistry {
  readonly #recording: Recording;
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;
  /** As they are: the edge asks for one on every signed request. */
  readonly #groups = new Map<string, KeyGroup>();

  constructor(recording: Recording, dataDir: string) {
    this.#recording = recording;
    this.#database = new SqliteDatabase({ file: join(dataDir, "keys.sqlite"), schema, version: 1 });
    this.#statements = prepare(this.#database);
  }

  publicKey(id: string): PublicKey | undefined {
    const [row] = this.#statements.key(id);
    if (row) {
      const { name, caller_reference: callerReference, pem, comment, created_at } = row;
      return { id, name, callerReference, pem, comment, createdAt: new Date(created_at) };
    }
    const declared = find(this.#recording, publicKeyType, id);
    if (!declared) return undefined;
    const { encodedKey: pem, comment = "" } = parseInputs(DeclaredKey, declared);
    return { id, name: nameOf(declared), callerReference: declared.urn, pem, comment, createdAt: new Date(0) };
  }

  /** Undefined when another key has the name or the reference. */
  create(key: Omit<PublicKey, "id">): PublicKey | undefined {
    const id = `K${randomBytes(7).toString("hex").slice(0, 13).toUpperCase()}`;
    const { name, callerReference, pem, comment, createdAt } = key;
    if (this.#statements.taken(name, callerReference).length > 0) return undefined;
    this.#statements.insert(id, name, callerReference, pem, comment, createdAt.getTime());
    return { id, ...key };
  }

  /** A declared key is the program's to take away. */
  isDeclared(id: string): boolean {
    return find(this.#recording, publicKeyType, id) !== undefined;
  }

  delete(id: string): void {
    this.#statements.remove(id);
  }

  isInUse(id: string): boolean {
    return resourcesOf(this.#recording, keyGroupType).some((group) => this.group(group.id)?.items.includes(id));
  }

  group(id: string): KeyGroup | undefined {
    const group = this.#groups.get(id) ?? this.#readGroup(id);
    if (group) this.#groups.set(id, group);
    return group;
  }

  #readGroup(id: string): KeyGroup | undefined {
    const declared = find(this.#recording, keyGroupType, id);
    if (!declared) return undefined;
    const { items, comment = "" } = parseInputs(DeclaredGroup, declared);
    const [row] = this.#statements.group(id);
    return {
      id,
      name: nameOf(declared),
      comment,
      items: row ? row.items.split(",") : items,
      changedAt: new Date(row?.changed_at ?? 0),
    };
  }

  setItems(groupId: string, items: readonly string[], now: Date): void {
    this.#statements.setItems(groupId, items.join(","), now.getTime());
    this.#groups.delete(groupId);
  }

  /** The keys of key groups as they are whenever one is asked for; throws an Error that names what CloudFront would not take. */
  trusted(groupIds: readonly string[]): Pick<ReadonlyMap<string, KeyObject>, "get"> {
    const parsed = new Map<string, KeyObject>();
    const get = (keyId: string): KeyObject | undefined => {
      if (!groupIds.some((id) => this.group(id)?.items.includes(keyId))) return undefined;
      const known = parsed.get(keyId) ?? this.#parse(keyId);
      parsed.set(keyId, known);
      return known;
    };
    for (const groupId of groupIds) {
      const group = this.group(groupId);
      if (!group) throw new Error(`the program declares no ${keyGroupType} with the id ${groupId}`);
      group.items.forEach(get);
    }
    return { get };
  }

  #parse(id: string): KeyObject {
    const key = this.publicKey(id);
    if (!key) throw new Error(`the program declares no ${publicKeyType} with the id ${id}`);
    const parsed = parseTrustedKey(key.pem);
    if (parsed) return parsed;
    throw new Error(
      `${publicKeyType} ${key.name}: CloudFront takes RSA keys of 2048 bits and ECDSA keys on P-256, as PEM`,
    );
  }

  close(): void {
    this.#database.close();
  }
}

/** Another for each state that a thing can be in, as CloudFront's `ETag` is. */
export function versionOf(thing: object): string {
  return `E${createHash("sha256").update(JSON.stringify(thing)).digest("hex").slice(0, 13).toUpperCase()}`;
}

function find(recording: Recording, type: string, id: string): RecordedResource | undefined {
  return resourcesOf(recording, type).find((resource) => resource.id === id);
}

function nameOf({ outputs, name }: RecordedResource): string {
  return typeof outputs.name === "string" ? outputs.name : name;
}

function prepare(database: SqliteDatabase) {
  return {
    key: database.query("SELECT * FROM public_keys WHERE id = ?", KeyRow),
    taken: database.query("SELECT * FROM public_keys WHERE name = ? OR caller_reference = ?", KeyRow),
    insert: database.command("INSERT INTO public_keys VALUES (?, ?, ?, ?, ?, ?)"),
    remove: database.command("DELETE FROM public_keys WHERE id = ?"),
    group: database.query("SELECT items, changed_at FROM key_groups WHERE id = ?", GroupRow),
    setItems: database.command("INSERT OR REPLACE INTO key_groups VALUES (?, ?, ?)"),
  };
}
