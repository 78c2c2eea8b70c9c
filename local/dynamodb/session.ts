import { Stream } from "node:stream";
import dynalite from "dynalite/db/index.js";
import type {
  ActionStore,
  BatchOperation,
  Checked,
  DynaliteAction,
  Item,
  ItemOutput,
  KeySpace,
  Level,
  Range,
  TableDescription,
} from "./dynalite-types.ts";

type TableLookup = (name: string) => TableDescription;

/** DynamoDB's limit for one item. */
export const MAX_ITEM_BYTES = 400 * 1024;

/** Above every character of dynalite's keys, which are hex digits, `/` and `~`. */
const AFTER_LAST_KEY = "\uffff";

export const itemKeys = (table: string): string => `item~${table}~`;
const indexKeys = (table: string, index: string): string => `index~${table}~${index}~`;

/** An old-style stream, the only kind that dynalite's reader takes event by event. */
class ValueStream extends Stream {
  stopped = false;

  destroy(): void {
    this.stopped = true;
  }
}

/**
 * What one request sees of the store. Its writes lie over what is on disk until the engine lands them as one batch, so
 * that a request is stored whole or not at all, with its index entries. Queries and scans see only what is on disk.
 */
export class Session {
  readonly #level: Level;
  readonly #writes = new Map<string, BatchOperation>();
  /** An exception in a callback of dynalite's would otherwise end the process. */
  #fail: (error: unknown) => void = () => {};

  readonly #table: TableLookup;
  readonly #store: ActionStore;

  /** `table` throws ResourceNotFoundException. */
  constructor(level: Level, table: TableLookup) {
    this.#level = level;
    this.#table = table;
    this.#store = {
      options: { maxItemSize: MAX_ITEM_BYTES },
      getTable: (name, callback) => callback(null, structuredClone(table(name))),
      getItemDb: (name) => this.#keySpace(itemKeys(name)),
      getIndexDb: (_type, name, index) => this.#keySpace(indexKeys(name, index)),
    };
  }

  /** What lies over the disk, for the engine to land. */
  get writes(): readonly BatchOperation[] {
    return [...this.#writes.values()];
  }

  /** Actions of one session run one after another. */
  run(action: DynaliteAction, data: Checked): Promise<ItemOutput> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      action(this.#store, data, (error, output) => (error ? reject(error) : resolve(output ?? {})));
    });
  }

  /** LevelDB's key of the item that a request names; throws ValidationException when its key is not the table's. */
  keyOf({ TableName, Key, Item }: Checked): string {
    const table = this.#table(TableName);
    const named = Key ?? Item ?? {};
    const fault = Key ? dynalite.validateKey(named, table) : dynalite.validateItem(named, table);
    if (fault) throw fault;
    return dynalite.createKey(named, table);
  }

  async itemOf(data: Checked): Promise<Item | undefined> {
    return (await this.get(itemKeys(data.TableName) + this.keyOf(data))) as Item | undefined;
  }

  /** Resolves to undefined when nothing has the key. */
  async get(key: string): Promise<unknown> {
    const write = this.#writes.get(key);
    if (!write) return this.#level.get(key);
    return write.type === "put" ? structuredClone(write.value) : undefined;
  }

  put(key: string, value: unknown): void {
    this.#writes.set(key, { type: "put", key, value });
  }

  delete(key: string): void {
    this.#writes.set(key, { type: "del", key });
  }

  #keySpace(prefix: string): KeySpace {
    return {
      // The engine lets one session write at a time.
      lock: (_key, section) => section((callback) => callback),
      get: (key, callback) => {
        this.get(prefix + key)
          .then(
            (value) => callback(null, value),
            (error: unknown) => callback(error),
          )
          .catch(this.#fail);
      },
      put: (key, value, callback) => {
        this.put(prefix + key, value);
        callback(null);
      },
      del: (key, callback) => {
        this.delete(prefix + key);
        callback(null);
      },
      createValueStream: (range) => this.#stream(within(prefix, range)),
    };
  }

  #stream(range: Range): ValueStream {
    const stream = new ValueStream();
    const pump = async (): Promise<void> => {
      for await (const [, value] of this.#level.iterator(range)) {
        if (stream.stopped) return;
        stream.emit("data", value);
      }
      stream.emit("end");
    };
    pump().catch(this.#fail);
    return stream;
  }
}

/** The keys of one keyspace that a range of its own leaves in. */
export function within(prefix: string, range: Range): Range {
  return {
    ...(range.gt === undefined ? { gte: prefix + (range.gte ?? "") } : { gt: prefix + range.gt }),
    ...(range.lte === undefined ? { lt: prefix + (range.lt ?? AFTER_LAST_KEY) } : { lte: prefix + range.lte }),
    limit: range.limit ?? -1,
    reverse: range.reverse ?? false,
  };
}
