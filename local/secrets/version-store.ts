import { createHash } from "node:crypto";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { SqliteDatabase } from "../sqlite-database.ts";
import type { SecretValue } from "./declared-secrets.ts";

/* A stage is a name that points at one version: `AWSCURRENT` at the one in force, `AWSPREVIOUS` at the one before it. */
const schema = `
  CREATE TABLE versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, secret_arn TEXT NOT NULL, version_id TEXT NOT NULL, text TEXT, bytes TEXT,
    created_at INTEGER NOT NULL, UNIQUE (secret_arn, version_id)
  ) STRICT;
  CREATE TABLE stages (
    secret_arn TEXT NOT NULL, stage TEXT NOT NULL, version_id TEXT NOT NULL, PRIMARY KEY (secret_arn, stage)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE declared_values (secret_arn TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const VersionRow = Type.Object({
  version_id: Type.String(),
  text: nullable(Type.String()),
  bytes: nullable(Type.String()),
  created_at: Type.Number(),
});
const StageRow = Type.Object({ stage: Type.String(), version_id: Type.String() });
const DigestRow = Type.Object({ digest: Type.String() });

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  readonly createdAt: Date;
}

/** The versions of every secret, in a file that only its owner may read. */
export class VersionStore {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(dataDir: string) {
    this.#database = new SqliteDatabase({ file: join(dataDir, "secrets.sqlite"), schema, version: 1 });
    this.#statements = prepare(this.#database);
  }

  /** Oldest first. */
  versions(secretArn: string): SecretVersion[] {
    const stages = this.#statements.stages(secretArn);
    return this.#statements.versions(secretArn).map((row) => this.#read(row, stages));
  }

  /** Keeps a version under an id of its own, and points the stages at it. */
  add(secretArn: string, id: string, value: SecretValue, stages: readonly string[], now: Date): void {
    const [text, bytes] = "SecretString" in value ? [value.SecretString, null] : [null, value.SecretBinary];
    this.#database.transaction(() => {
      const isFirst = this.#statements.versions(secretArn).length === 0;
      this.#statements.insert(secretArn, id, text, bytes, now.getTime());
      for (const stage of isFirst ? new Set([...stages, "AWSCURRENT"]) : stages) this.#point(secretArn, stage, id);
    });
  }

  /** Points a stage at a version, or at none. */
  moveStage(secretArn: string, stage: string, versionId: string | undefined): void {
    this.#database.transaction(() => {
      if (versionId === undefined) this.#statements.removeStage(secretArn, stage);
      else this.#point(secretArn, stage, versionId);
    });
  }

  /** Whether the program's own value is another than the one that was taken over last, which this one then is. */
  takeOver(secretArn: string, value: SecretValue): boolean {
    const digest = createHash("sha256").update(JSON.stringify(value)).digest("hex");
    if (this.#statements.declared(secretArn)[0]?.digest === digest) return false;
    this.#statements.declare(secretArn, digest);
    return true;
  }

  close(): void {
    this.#database.close();
  }

  #point(secretArn: string, stage: string, versionId: string): void {
    const before = this.#statements.stages(secretArn).find((row) => row.stage === stage)?.version_id;
    this.#statements.setStage(secretArn, stage, versionId);
    if (stage === "AWSCURRENT" && before !== undefined && before !== versionId) {
      this.#statements.setStage(secretArn, "AWSPREVIOUS", before);
    }
  }

  #read(row: Static<typeof VersionRow>, stages: readonly Static<typeof StageRow>[]): SecretVersion {
    return {
      id: row.version_id,
      value: row.text === null ? { SecretBinary: row.bytes ?? "" } : { SecretString: row.text },
      stages: stages.filter(({ version_id }) => version_id === row.version_id).map(({ stage }) => stage),
      createdAt: new Date(row.created_at),
    };
  }
}

function prepare(database: SqliteDatabase) {
  return {
    insert: database.command(
      "INSERT INTO versions (secret_arn, version_id, text, bytes, created_at) VALUES (?, ?, ?, ?, ?)",
    ),
    versions: database.query("SELECT * FROM versions WHERE secret_arn = ? ORDER BY sequence", VersionRow),
    stages: database.query("SELECT stage, version_id FROM stages WHERE secret_arn = ? ORDER BY stage", StageRow),
    setStage: database.command("INSERT OR REPLACE INTO stages (secret_arn, stage, version_id) VALUES (?, ?, ?)"),
    removeStage: database.command("DELETE FROM stages WHERE secret_arn = ? AND stage = ?"),
    declared: database.query("SELECT digest FROM declared_values WHERE secret_arn = ?", DigestRow),
    declare: database.command("INSERT OR REPLACE INTO declared_values (secret_arn, digest) VALUES (?, ?)"),
  };
}
