import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";

export interface SqliteOptions {
  readonly file: string;
  /** The statements that make the tables of a new file. */
  readonly schema: string;
  /** Grows with every change of `schema`; a file of another version is refused, not guessed at. */
  readonly version: number;
}

/** One service's records in an SQLite file that only its owner may read. Every row is checked as it comes out. */
export class SqliteDatabase {
  readonly #file: string;
  readonly #sqlite: DatabaseSync;
  #afterCommit: (() => void)[] | undefined;

  /** Opens or makes the file; throws an Error that says what to do when it is damaged, of another version or in use. */
  constructor({ file, schema, version }: SqliteOptions) {
    this.#file = file;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#sqlite = new DatabaseSync(file, { timeout: 0 });
      chmodSync(file, 0o600);
      // Exclusive, because what a service sweeps at its start may be another process's work under way.
      this.#sqlite.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      this.#prepare(schema, version);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /**
   * All that `work` writes, or nothing of it. `work` is synchronous, so that nothing else comes in between; a transaction
   * inside it is part of it.
   */
  transaction<T>(work: () => T): T {
    if (this.#afterCommit) return work();
    this.#afterCommit = [];
    this.#sqlite.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#sqlite.exec("COMMIT");
      for (const follow of this.#afterCommit) follow();
      return result;
    } catch (error) {
      if (this.#sqlite.isTransaction) this.#sqlite.exec("ROLLBACK");
      throw error;
    } finally {
      this.#afterCommit = undefined;
    }
  }

  /** What may only happen once the transaction under way is safe; nothing of it when that fails. */
  afterCommit(follow: () => void): void {
    if (!this.#afterCommit) throw new Error("afterCommit is for the inside of a transaction");
    this.#afterCommit.push(follow);
  }

  /** A statement that answers all its rows, each of one shape: give it a LIMIT where they may be many. */
  query<Row extends TSchema>(sql: string, row: Row): (...values: SQLInputValue[]) => Static<Row>[] {
    const validator = Compile(row);
    const statement = this.#sqlite.prepare(sql);
    const check = (found: unknown): Static<Row> => {
      if (validator.Check(found)) return found;
      throw this.#unusable("a row is of another shape");
    };
    return (...values) => statement.all(...values).map(check);
  }

  /** A statement that answers how many rows it changed. */
  command(sql: string): (...values: SQLInputValue[]) => number {
    const statement = this.#sqlite.prepare(sql);
    return (...values) => Number(statement.run(...values).changes);
  }

  /** A reader of the JSON that a column holds. */
  json<Schema extends TSchema>(shape: Schema): (text: string) => Static<Schema> {
    const validator = Compile(shape);
    return (text) => {
      const value: unknown = JSON.parse(text);
      if (validator.Check(value)) return value;
      throw this.#unusable("a record is of another shape");
    };
  }

  close(): void {
    this.#sqlite.close();
  }

  #prepare(schema: string, version: number): void {
    const found = this.#sqlite.prepare("PRAGMA user_version").get()?.user_version;
    if (found === 0) this.transaction(() => this.#sqlite.exec(`${schema}; PRAGMA user_version = ${version}`));
    else if (found !== version) throw new Error(`it is of version ${found}, not ${version}`);
    const fault = this.#sqlite.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (fault !== "ok") throw new Error(String(fault));
  }

  #unusable(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(
      `cannot use ${this.#file} (${reason}): move its folder away, or start with another one by --data DIR.`,
      { cause },
    );
  }
}
