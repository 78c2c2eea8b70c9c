import Type, { type Static } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import type { RecordedResource } from "../program/recording.ts";
import type { IndexDescription, KeySchemaElement, TableDescription } from "./dynalite-types.ts";

const Index = Type.Object({
  name: Type.String(),
  hashKey: Type.Optional(Type.String()),
  rangeKey: Type.Optional(Type.String()),
  keySchemas: Type.Optional(Type.Array(Type.Object({ attributeName: Type.String(), keyType: Type.String() }))),
  projectionType: Type.String(),
  nonKeyAttributes: Type.Optional(Type.Array(Type.String())),
});

const TableInputs = Type.Object({
  attributes: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  hashKey: Type.String(),
  rangeKey: Type.Optional(Type.String()),
  globalSecondaryIndexes: Type.Optional(Type.Array(Index)),
  localSecondaryIndexes: Type.Optional(Type.Array(Index)),
  serverSideEncryption: Type.Optional(
    Type.Object({ enabled: Type.Boolean(), kmsKeyArn: Type.Optional(Type.String()) }),
  ),
  ttl: Type.Optional(
    Type.Object({ attributeName: Type.Optional(Type.String()), enabled: Type.Optional(Type.Boolean()) }),
  ),
});

export interface RecordedTable {
  readonly description: TableDescription;
  /** The attribute whose epoch seconds say when an item lapses. */
  readonly ttlAttribute: string | undefined;
  /** The customer key that the items lie under. */
  readonly kmsKey: string | undefined;
}

/** The table that the program declares, as DescribeTable tells it. `name` is the physical one. */
export function recordedTable(resource: RecordedResource, name: string, arn: string): RecordedTable {
  const inputs = parseInputs(TableInputs, resource);
  const index = (from: Static<typeof Index>, hashKey?: string): IndexDescription => ({
    IndexName: from.name,
    IndexArn: `${arn}/index/${from.name}`,
    KeySchema: indexKeySchema(resource, from, hashKey),
    Projection: {
      ProjectionType: from.projectionType,
      ...(from.nonKeyAttributes && { NonKeyAttributes: from.nonKeyAttributes }),
    },
  });
  const { globalSecondaryIndexes, localSecondaryIndexes, serverSideEncryption, ttl } = inputs;
  return {
    description: {
      TableName: name,
      TableArn: arn,
      TableStatus: "ACTIVE",
      AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
      ...(globalSecondaryIndexes && {
        GlobalSecondaryIndexes: globalSecondaryIndexes.map((from) => ({ ...index(from), IndexStatus: "ACTIVE" })),
      }),
      ...(localSecondaryIndexes && {
        LocalSecondaryIndexes: localSecondaryIndexes.map((from) => index(from, inputs.hashKey)),
      }),
    },
    ttlAttribute: ttl?.enabled ? ttl.attributeName : undefined,
    kmsKey: serverSideEncryption?.enabled ? serverSideEncryption.kmsKeyArn : undefined,
  };
}

function indexKeySchema(
  resource: RecordedResource,
  index: Static<typeof Index>,
  tableHashKey: string | undefined,
): KeySchemaElement[] {
  const keysOf = (type: string) =>
    (index.keySchemas ?? []).filter((key) => key.keyType === type).map((key) => key.attributeName);
  const [hashKey = index.hashKey ?? tableHashKey, ...moreHashKeys] = keysOf("HASH");
  const [rangeKey = index.rangeKey, ...moreRangeKeys] = keysOf("RANGE");
  if (hashKey === undefined || moreHashKeys.length + moreRangeKeys.length > 0) {
    throw new Error(
      `${resource.type} "${resource.name}": index "${index.name}" must have one hash key and at most one range key; ` +
        "the local DynamoDB has no indexes over several attributes.",
    );
  }
  return keySchema(hashKey, rangeKey);
}

function keySchema(hashKey: string, rangeKey: string | undefined): KeySchemaElement[] {
  const hash: KeySchemaElement = { AttributeName: hashKey, KeyType: "HASH" };
  return rangeKey === undefined ? [hash] : [hash, { AttributeName: rangeKey, KeyType: "RANGE" }];
}

/** What decides how items are laid out on disk, in an order of its own; equal texts mean that the data still fits. */
export function layoutOf(table: TableDescription): string {
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  const types = new Map(table.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  const keys = (schema: readonly KeySchemaElement[]) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} (${types.get(AttributeName)})`);
  const indexes = (list: readonly IndexDescription[] = []) =>
    list.map(({ IndexName, KeySchema, Projection }) => ({
      name: IndexName,
      keys: keys(KeySchema),
      projection: [Projection.ProjectionType, ...[...(Projection.NonKeyAttributes ?? [])].sort()],
    }));
  return JSON.stringify({
    keys: keys(table.KeySchema),
    global: indexes(table.GlobalSecondaryIndexes).sort(byName),
    local: indexes(table.LocalSecondaryIndexes).sort(byName),
  });
}
