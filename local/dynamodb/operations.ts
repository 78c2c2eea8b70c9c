import batchGetItem from "dynalite/actions/batchGetItem.js";
import batchWriteItem from "dynalite/actions/batchWriteItem.js";
import deleteItem from "dynalite/actions/deleteItem.js";
import getItem from "dynalite/actions/getItem.js";
import putItem from "dynalite/actions/putItem.js";
import query from "dynalite/actions/query.js";
import scan from "dynalite/actions/scan.js";
import updateItem from "dynalite/actions/updateItem.js";
import checkBatchGetItem from "dynalite/validations/batchGetItem.js";
import checkBatchWriteItem from "dynalite/validations/batchWriteItem.js";
import checkDeleteItem from "dynalite/validations/deleteItem.js";
import checkGetItem from "dynalite/validations/getItem.js";
import validations from "dynalite/validations/index.js";
import checkPutItem from "dynalite/validations/putItem.js";
import checkQuery from "dynalite/validations/query.js";
import checkScan from "dynalite/validations/scan.js";
import checkUpdateItem from "dynalite/validations/updateItem.js";
import type { Checked, DynaliteAction, DynaliteValidation } from "./dynalite-types.ts";
import { MAX_ITEM_BYTES } from "./session.ts";

export const operationNames = [
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
] as const;

export type OperationName = (typeof operationNames)[number];

interface Operation {
  readonly action: DynaliteAction;
  readonly validation: DynaliteValidation;
  readonly writes: boolean;
}

/** The item operations as dynalite does them. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  BatchGetItem: { action: batchGetItem, validation: checkBatchGetItem, writes: false },
  BatchWriteItem: { action: batchWriteItem, validation: checkBatchWriteItem, writes: true },
  DeleteItem: { action: deleteItem, validation: checkDeleteItem, writes: true },
  GetItem: { action: getItem, validation: checkGetItem, writes: false },
  PutItem: { action: putItem, validation: checkPutItem, writes: true },
  Query: { action: query, validation: checkQuery, writes: false },
  Scan: { action: scan, validation: checkScan, writes: false },
  UpdateItem: { action: updateItem, validation: checkUpdateItem, writes: true },
};

/** Checks a request's types and values and parses its expressions; throws a DynaliteError that says what is wrong. */
export function check(name: OperationName, input: object): Checked {
  const { types, custom } = operations[name].validation;
  // checkTypes deletes what it does not know from what it is given.
  const data = validations.checkTypes(structuredClone(input), types);
  validations.checkValidations(data, types, custom, { options: { maxItemSize: MAX_ITEM_BYTES } });
  return data;
}
