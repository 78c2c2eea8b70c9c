/** A value as the wire carries it: `{"S": "text"}`, `{"N": "12"}`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

export interface IndexDescription {
  readonly IndexName: string;
  readonly IndexArn: string;
  readonly IndexStatus?: "ACTIVE";
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: {
    readonly ProjectionType: string;
    readonly NonKeyAttributes?: readonly string[];
  };
}

export interface TableDescription {
  readonly TableName: string;
  readonly TableArn: string;
  readonly TableStatus: "ACTIVE";
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly KeySchema: readonly KeySchemaElement[];
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
  readonly LocalSecondaryIndexes?: readonly IndexDescription[];
}

interface ParsedExpression {
  /** Top-level attributes that the expression names. */
  readonly pathHeads: Readonly<Record<string, true>>;
}

type Path = readonly [string, ...(string | number)[]];

interface ParsedPaths {
  readonly paths: readonly Path[];
}

/** Something that an update computes from: a path, a value, or a function or sum of such. */
export type Operand = Path | { readonly args?: readonly Operand[] };

interface ParsedUpdate extends ParsedPaths {
  readonly sections: readonly { readonly val?: Operand }[];
}

export interface BatchRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

export interface BatchKeys {
  readonly Keys: readonly Item[];
  readonly AttributesToGet?: readonly string[];
  readonly _projection?: ParsedPaths;
}

/** A request after dynalite has checked its types and values and parsed its expressions (the names with `_`). */
export interface Checked {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly RequestItems?: Readonly<Record<string, readonly BatchRequest[] | BatchKeys>>;
  readonly KeyConditions?: Readonly<Record<string, { readonly AttributeValueList: readonly AttributeValue[] }>>;
  readonly AttributesToGet?: readonly string[];
  readonly AttributeUpdates?: Readonly<Record<string, unknown>>;
  readonly Expected?: Readonly<Record<string, unknown>>;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly Select?: string;
  readonly _projection?: ParsedPaths;
  readonly _updates?: ParsedUpdate;
  readonly _condition?: ParsedExpression;
  readonly _filter?: ParsedExpression;
  readonly _keyCondition?: ParsedExpression;
}

/** What dynalite throws or calls back with when the request, not the store, is at fault. */
export interface DynaliteError extends Error {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

export type Output = Readonly<Record<string, unknown>>;

/** What an operation on one item answers. */
export interface ItemOutput extends Output {
  readonly Item?: Item;
  readonly ConsumedCapacity?: { readonly TableName: string; readonly CapacityUnits: number };
}
export type Callback<T = unknown> = (error: unknown, value?: T) => void;

export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export type BatchOperation =
  | { readonly type: "put"; readonly key: string; readonly value: unknown }
  | { readonly type: "del"; readonly key: string };

export interface Level {
  open(): Promise<void>;
  get(key: string): Promise<unknown>;
  batch(operations: readonly BatchOperation[]): Promise<void>;
  iterator(range: Range): AsyncIterable<[key: string, value: unknown]>;
  close(): Promise<void>;
}

/** One keyspace as an action sees it: the items of a table, or of an index. */
export interface KeySpace {
  /** Runs `section` once the key is free; `section` gets a wrapper for the callback that frees it. */
  lock(key: string, section: (release: (callback: Callback) => Callback) => void): void;
  get(key: string, callback: Callback): void;
  put(key: string, value: unknown, callback: Callback): void;
  del(key: string, callback: Callback): void;
  createValueStream(range: Range): NodeJS.EventEmitter;
}

/** What an action needs of dynalite's store. */
export interface ActionStore {
  readonly options: { readonly maxItemSize: number };
  getTable(name: string, callback: Callback): void;
  getItemDb(table: string): KeySpace;
  getIndexDb(type: string, table: string, index: string): KeySpace;
}

export type DynaliteAction = (store: ActionStore, data: Checked, callback: Callback<ItemOutput>) => void;

export interface DynaliteValidation {
  readonly types: object;
  readonly custom?: (data: Checked, store: Pick<ActionStore, "options">) => string | undefined;
}

export interface DynaliteValidations {
  /** Throws a DynaliteError; drops what the operation does not know. */
  checkTypes(data: object, types: object): Checked;
  checkValidations(
    data: Checked,
    types: object,
    custom: DynaliteValidation["custom"],
    store: Pick<ActionStore, "options">,
  ): void;
}

export interface DynaliteDb {
  create(options: { path: string }): { readonly db: Level };
  createKey(item: Item, table: TableDescription): string;
  validateKey(key: Item, table: TableDescription): DynaliteError | undefined;
  validateItem(item: Item, table: TableDescription): DynaliteError | undefined;
  validationError(message: string): DynaliteError;
  checkConditional(data: Checked, existing: Item | undefined): DynaliteError | null;
}
