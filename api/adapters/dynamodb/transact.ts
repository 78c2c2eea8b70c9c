import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { guard } from "./failures.ts";

/** Why an item kept a transaction from landing: its condition did not hold, or another transaction was at it. */
export type Refusal = "condition" | "conflict";

const refusals: Readonly<Record<string, Refusal>> = {
  ConditionalCheckFailed: "condition",
  TransactionConflict: "conflict",
};

/**
 * Writes all items or none. Resolves to undefined when they are written, otherwise to what each one refused, in order.
 * Rejects with DependencyUnavailableError when there was no capacity for it.
 */
export async function transact(
  client: DynamoDBClient,
  TransactItems: TransactWriteItem[],
): Promise<(Refusal | undefined)[] | undefined> {
  try {
    await guard(client.send(new TransactWriteItemsCommand({ TransactItems })));
    return undefined;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? "None");
    const refused = codes.map((code) => refusals[code]);
    if (refused.some(Boolean)) return refused;
    if (codes.some((code) => throttlingReasons.has(code))) {
      throw new DependencyUnavailableError("dynamodb", { cause: error });
    }
    throw error;
  }
}

const throttlingReasons = new Set(["ProvisionedThroughputExceeded", "ThrottlingError"]);
