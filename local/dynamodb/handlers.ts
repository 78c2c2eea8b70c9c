import type { Authorize } from "../iam/types.ts";
import type { GuardKey } from "../kms/key-use.ts";
import { requireAccess } from "../require-access.ts";
import type { AwsCall } from "../service.ts";
import { type Access, accessOf } from "./access.ts";
import type { Checked, Output } from "./dynalite-types.ts";
import type { Engine } from "./engine.ts";
import { DynamoDbError, isConditionFailure, ValidationError } from "./errors.ts";
import { check, type OperationName, operationNames, operations } from "./operations.ts";
import type { RecordedTable } from "./table-definition.ts";
import type { Tables } from "./tables.ts";
import { checkTransactGet, checkTransactWrite, type Part, permissionOf } from "./transaction-request.ts";
import { transactGet, transactWrite } from "./transactions.ts";

/** The members of a request, unchecked. */
export type Input = Readonly<Record<string, unknown>>;
export type Handler = (input: Input, call: AwsCall) => Promise<Output>;

export interface HandlerOptions {
  readonly engine: Engine;
  readonly tables: Tables;
  readonly authorize: Authorize;
  readonly guardKey: GuardKey;
  readonly now: () => Date;
}

/** Every operation that is done here, asking IAM first. Rejects with AwsError, or an error in dynalite's shape. */
export function createHandlers(options: HandlerOptions): Readonly<Record<string, Handler>> {
  const { engine, tables, authorize, guardKey, now } = options;
  function require({ principal }: AwsCall, questions: readonly Access[]): void {
    for (const question of questions) {
      requireAccess(authorize, { principal, ...question, resourcePolicy: tables.policyOf(question.resource) });
    }
  }

  /** For items, which DynamoDB has KMS open in the caller's name, to write them too. */
  function requireItems(call: AwsCall, questions: readonly Access[]): void {
    require(call, questions);
    for (const { resource } of questions) guardKey(call.principal, tables.encryptionOf(resource), "kms:Decrypt");
  }

  function requireParts(call: AwsCall, parts: readonly Part[], transaction: string): void {
    requireItems(
      call,
      parts.flatMap(({ kind, data }) => accessOf(permissionOf[kind], data, tables, transaction)),
    );
  }

  function found(action: string, { TableName }: Input, call: AwsCall): RecordedTable {
    if (typeof TableName !== "string") throw new ValidationError("TableName must be a string");
    require(call, [{ action, resource: tables.arnOf(TableName), context: {} }]);
    return tables.find(TableName);
  }

  const single =
    (name: OperationName): Handler =>
    async (input, call) => {
      const data = check(name, input);
      requireItems(call, accessOf(name, data, tables));
      const returnsOldItem = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
      return returnsOldItem && operations[name].writes
        ? writeOrTellOldItem(engine, name, data)
        : engine.run(name, data);
    };

  return {
    ...Object.fromEntries(operationNames.map((name) => [name, single(name)])),
    async TransactWriteItems(input, call) {
      const transaction = checkTransactWrite(input);
      requireParts(call, transaction.parts, "TransactWriteItems");
      return transactWrite(engine, transaction, now());
    },
    async TransactGetItems(input, call) {
      const parts = checkTransactGet(input);
      requireParts(call, parts, "TransactGetItems");
      return transactGet(engine, parts);
    },
    async DescribeTable(input, call) {
      return { Table: found("dynamodb:DescribeTable", input, call).description };
    },
    async DescribeTimeToLive(input, call) {
      const { ttlAttribute } = found("dynamodb:DescribeTimeToLive", input, call);
      const enabled = { TimeToLiveStatus: "ENABLED", AttributeName: ttlAttribute };
      return { TimeToLiveDescription: ttlAttribute ? enabled : { TimeToLiveStatus: "DISABLED" } };
    },
    async ListTables(_input, call) {
      require(call, [{ action: "dynamodb:ListTables", resource: "*", context: {} }]);
      return { TableNames: tables.all().map(({ description }) => description.TableName) };
    },
  };
}

/** A write by itself that answers a failed condition with the item that failed it. */
function writeOrTellOldItem(engine: Engine, name: OperationName, data: Checked): Promise<Output> {
  return engine.alone(async (session) => {
    try {
      return await session.run(operations[name].action, data);
    } catch (error) {
      const Item = isConditionFailure(error) ? await session.itemOf(data) : undefined;
      if (!Item) throw error;
      throw new DynamoDbError("ConditionalCheckFailedException", "The conditional request failed", { Item });
    }
  });
}
