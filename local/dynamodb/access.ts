import type { ConditionContext } from "../iam/types.ts";
import type { AttributeValue, BatchKeys, Checked, Item, Operand, TableDescription } from "./dynalite-types.ts";

/** One question to IAM: may the caller do this with these items of this table or index? */
export interface Access {
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

/** Finds a table's ARN, and its keys when the program declares it. */
export interface TableKeys {
  arnOf(table: string): string;
  keysOf(table: string): TableDescription | undefined;
}

/** What IAM must allow before a request by itself, or the part of a transaction, is done; one question for each table. */
export function accessOf(permission: string, data: Checked, tables: TableKeys, transaction?: string): Access[] {
  const action = `dynamodb:${permission}`;
  const reads = ["BatchGetItem", "GetItem", "Query", "Scan"].includes(permission);
  const shared = {
    "dynamodb:EnclosingOperation": transaction,
    "dynamodb:ReturnValues": data.ReturnValues,
    "dynamodb:ReturnConsumedCapacity": data.ReturnConsumedCapacity,
  };
  if (data.RequestItems) {
    return Object.entries(data.RequestItems).map(([table, requests]) => {
      const items = itemsOf(requests);
      const hashKey = hashKeyOf(tables.keysOf(table), undefined);
      const projected = "Keys" in requests ? projectionOf(requests) : [];
      return {
        action,
        resource: tables.arnOf(table),
        context: {
          ...shared,
          "dynamodb:LeadingKeys": hashKey === undefined ? undefined : items.map((item) => textOf(item[hashKey])),
          "dynamodb:Attributes": unique([...items.flatMap(Object.keys), ...projected]),
          "dynamodb:Select": reads ? selectOf(projected, undefined) : undefined,
        },
      };
    });
  }
  const table = tables.keysOf(data.TableName);
  const hashKey = hashKeyOf(table, data.IndexName);
  const leading = hashKey === undefined ? undefined : leadingKeyOf(data, hashKey);
  const projected = projectionOf(data);
  return [
    {
      action,
      resource: tables.arnOf(data.TableName) + (data.IndexName ? `/index/${data.IndexName}` : ""),
      context: {
        ...shared,
        "dynamodb:LeadingKeys": leading && [textOf(leading)],
        "dynamodb:Attributes": attributesOf(data, projected),
        "dynamodb:Select": reads ? (data.Select ?? selectOf(projected, data.IndexName)) : undefined,
      },
    },
  ];
}

function itemsOf(requests: NonNullable<Checked["RequestItems"]>[string]): Item[] {
  if ("Keys" in requests) return [...requests.Keys];
  return requests.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {});
}

function hashKeyOf(table: TableDescription | undefined, indexName: string | undefined): string | undefined {
  const indexes = [...(table?.GlobalSecondaryIndexes ?? []), ...(table?.LocalSecondaryIndexes ?? [])];
  const schema = indexName === undefined ? table : indexes.find(({ IndexName }) => IndexName === indexName);
  return schema?.KeySchema[0]?.AttributeName;
}

function leadingKeyOf({ Key, Item, KeyConditions }: Checked, hashKey: string): AttributeValue | undefined {
  return (Key ?? Item)?.[hashKey] ?? KeyConditions?.[hashKey]?.AttributeValueList[0];
}

/** A key as policies spell it: text and numbers as they are, bytes in base64. */
function textOf(value: AttributeValue | undefined): string {
  return String(Object.values(value ?? {})[0] ?? "");
}

function projectionOf({ AttributesToGet = [], _projection }: Checked | BatchKeys): string[] {
  return [...AttributesToGet, ...(_projection?.paths ?? []).map(([head]) => head)];
}

function selectOf(projected: readonly string[], indexName: string | undefined): string {
  if (projected.length > 0) return "SPECIFIC_ATTRIBUTES";
  return indexName === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

/** Every top-level attribute that a request names, to read, write or compare. */
function attributesOf(data: Checked, projected: readonly string[]): string[] {
  const named = [data.Key, data.Item, data.AttributeUpdates, data.Expected, data.KeyConditions];
  const expressions = [data._condition, data._filter, data._keyCondition];
  return unique([
    ...projected,
    ...named.flatMap((members) => Object.keys(members ?? {})),
    ...expressions.flatMap((expression) => Object.keys(expression?.pathHeads ?? {})),
    ...(data._updates?.paths ?? []).map(([head]) => head),
    ...(data._updates?.sections ?? []).flatMap(({ val }) => headsOf(val)),
  ]);
}

function headsOf(operand: Operand | undefined): string[] {
  if (operand === undefined) return [];
  return isPath(operand) ? [operand[0]] : (operand.args ?? []).flatMap(headsOf);
}

// Array.isArray does not narrow a readonly array out of a union.
function isPath(operand: Operand): operand is Extract<Operand, readonly unknown[]> {
  return Array.isArray(operand);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
