import { join } from "node:path";
import dynalite from "dynalite/db/index.js";
import type { Checked, Item, Level, Output, TableDescription } from "./dynalite-types.ts";
import { DynamoDbError } from "./errors.ts";
import { type OperationName, operations } from "./operations.ts";
import { itemKeys, Session, within } from "./session.ts";
import { layoutOf } from "./table-definition.ts";

/**
 * The items on disk, and dynalite's actions run over them. One write is at work at a time and lands as a single LevelDB
 * batch, which is one record of its log: after a crash a transaction is there whole or not at all.
 */
export class Engine {
  readonly #level: Level;
  readonly #folder: string;
  readonly #tables = new Map<string, TableDescription>();
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(level: Level, folder: string) {
    this.#level = level;
    this.#folder = folder;
  }

  /** Throws an Error that says what to do when the folder is damaged or in use. */
  static async open(dataDir: string): Promise<Engine> {
    const folder = join(dataDir, "dynamodb");
    const level = dynalite.create({ path: folder }).db;
    try {
      await level.open();
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(
        `the tables in ${folder} cannot be opened (${cause instanceof Error ? cause.message : cause}): ` +
          "stop the process that uses them, or move the folder away to start with empty tables.",
        { cause: error },
      );
    }
    return new Engine(level, folder);
  }

  /** Makes a table, or takes it up as it was left; its keys and indexes must be those that its items were stored by. */
  async define(table: TableDescription): Promise<void> {
    const key = `table~${table.TableName}`;
    const [stored, declared] = [await this.#level.get(key), layoutOf(table)];
    if (stored !== undefined && stored !== declared) {
      throw new Error(
        `table ${table.TableName} is stored with other keys or indexes than the program declares ` +
          `(stored ${stored}, declared ${declared}): put them back, or move ${this.#folder} away to start with empty tables.`,
      );
    }
    await this.#level.batch([{ type: "put", key, value: declared }]);
    this.#tables.set(table.TableName, table);
  }

  /** Throws ResourceNotFoundException for a table that nobody defined. */
  table(name: string): TableDescription {
    const table = this.#tables.get(name);
    if (!table) throw new DynamoDbError("ResourceNotFoundException", "Requested resource not found");
    return table;
  }

  /** Runs an operation by itself. */
  run(name: OperationName, data: Checked): Promise<Output> {
    const { action, writes } = operations[name];
    return writes ? this.alone((session) => session.run(action, data)) : this.session().run(action, data);
  }

  /** A view of the store whose writes nobody lands. */
  session(): Session {
    return new Session(this.#level, (name) => this.table(name));
  }

  /** Runs `work` while nothing else writes, then lands what it wrote; lands nothing when it throws. */
  alone<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#lastWrite.then(async () => {
      const session = this.session();
      const result = await work(session);
      if (session.writes.length > 0) await this.#level.batch(session.writes);
      return result;
    });
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }

  async *items(table: string): AsyncGenerator<Item> {
    for await (const [, item] of this.#level.iterator(within(itemKeys(table), {}))) yield item as Item;
  }

  /** Every record whose key starts with `prefix`. */
  records(prefix: string): AsyncIterable<[key: string, value: unknown]> {
    return this.#level.iterator(within(prefix, {}));
  }

  async close(): Promise<void> {
    await this.#lastWrite;
    await this.#level.close();
  }
}
