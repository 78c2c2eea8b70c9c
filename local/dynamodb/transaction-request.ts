import { createHash } from "node:crypto";
import Type, { type Static, type TSchema } from "typebox";
import { parse } from "../parse.ts";
import type { Checked } from "./dynalite-types.ts";
import { ValidationError } from "./errors.ts";
import { check, type OperationName } from "./operations.ts";

const MAX_ITEMS = 100;

/** How each kind of part is done by itself. A check is a delete that is tried and never landed. */
const operationOf = {
  ConditionCheck: "DeleteItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
} as const satisfies Record<string, OperationName>;

type Kind = keyof typeof operationOf;

/** What the caller must be allowed for each kind of part. */
export const permissionOf: Readonly<Record<Kind, string>> = { ...operationOf, ConditionCheck: "ConditionCheckItem" };

/** One item of a transaction, checked by itself. */
export interface Part {
  readonly kind: Kind;
  readonly operation: OperationName;
  readonly data: Checked;
  /** Whether a failed condition is to answer with the item that failed it. */
  readonly returnsOldItem: boolean;
}

export interface WriteTransaction {
  readonly parts: readonly Part[];
  readonly token: { readonly id: string; readonly digest: string } | undefined;
}

const Items = Type.Array(Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())), {
  minItems: 1,
  maxItems: MAX_ITEMS,
});
const ReadInput = Type.Object({ TransactItems: Items, ReturnConsumedCapacity: Type.Optional(Type.String()) });
const WriteInput = Type.Object({
  TransactItems: Items,
  ClientRequestToken: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
  ReturnConsumedCapacity: Type.Optional(Type.String()),
});

/** Throws ValidationException for what would fail whatever is stored, as `checkTransactGet` does. */
export function checkTransactWrite(input: unknown): WriteTransaction {
  const { TransactItems, ClientRequestToken, ReturnConsumedCapacity } = read(WriteInput, input);
  const digest = createHash("sha256").update(JSON.stringify(TransactItems)).digest("hex");
  return {
    parts: TransactItems.map((item) =>
      checkPart(item, ["ConditionCheck", "Delete", "Put", "Update"], ReturnConsumedCapacity),
    ),
    token: ClientRequestToken === undefined ? undefined : { id: ClientRequestToken, digest },
  };
}

export function checkTransactGet(input: unknown): readonly Part[] {
  const { TransactItems, ReturnConsumedCapacity } = read(ReadInput, input);
  return TransactItems.map((item) => checkPart(item, ["Get"], ReturnConsumedCapacity));
}

function read<T extends TSchema>(schema: T, input: unknown): Static<T> {
  return parse(schema, input, (fault) => new ValidationError(`1 validation error detected: Value at '${fault}'`));
}

function checkPart(
  item: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  allowed: readonly Kind[],
  returnConsumedCapacity: string | undefined,
): Part {
  const [kind, ...others] = allowed.filter((name) => item[name]);
  const body = kind && item[kind];
  if (!body || others.length > 0) {
    throw new ValidationError(`TransactItems can only contain one of ${allowed.join(", ")}`);
  }
  const operation = operationOf[kind];
  const data = check(operation, { ...body, ReturnConsumedCapacity: returnConsumedCapacity });
  if (kind === "ConditionCheck" && !data._condition) {
    throw new ValidationError("The expression can not be empty; a ConditionCheck needs a ConditionExpression");
  }
  return { kind, operation, data, returnsOldItem: body.ReturnValuesOnConditionCheckFailure === "ALL_OLD" };
}
