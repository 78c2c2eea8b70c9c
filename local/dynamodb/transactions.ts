import Type from "typebox";
import { parse } from "../parse.ts";
import type { Item, ItemOutput, Output } from "./dynalite-types.ts";
import type { Engine } from "./engine.ts";
import { codeOf, DynamoDbError, isConditionFailure, isDynaliteError, ValidationError } from "./errors.ts";
import { operations } from "./operations.ts";
import type { Session } from "./session.ts";
import type { Part, WriteTransaction } from "./transaction-request.ts";

/** How long a client token answers for its transaction. */
const TOKEN_MS = 10 * 60 * 1000;
const tokenKeys = "token~";
const Token = Type.Object({ digest: Type.String(), expiresAt: Type.Number() });

/** Why a part failed, in the place of the part; `None` for a part that would have gone through. */
interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/**
 * Lands every part or none. Rejects with TransactionCanceledException and the reason of each part; with a client token
 * of the last ten minutes it does nothing, and rejects if that transaction was another.
 */
export function transactWrite(engine: Engine, { parts, token }: WriteTransaction, now: Date): Promise<Output> {
  return engine.alone(async (session) => {
    refuseRepeatedItems(session, parts);
    if (token && (await isRepeated(session, token, now))) return {};
    const outcomes = await inTurn(parts, (part) =>
      attempt(part.kind === "ConditionCheck" ? engine.session() : session, part),
    );
    const reasons = outcomes.map(({ reason }) => reason);
    if (reasons.some(({ Code }) => Code !== "None")) {
      const codes = reasons.map(({ Code }) => Code).join(", ");
      throw new DynamoDbError(
        "TransactionCanceledException",
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        { CancellationReasons: reasons },
      );
    }
    return consumed(outcomes.map(({ output }) => output));
  });
}

/** Reads every item as it is at one moment between two writes. */
export function transactGet(engine: Engine, parts: readonly Part[]): Promise<Output> {
  return engine.alone(async (session) => {
    refuseRepeatedItems(session, parts);
    const outputs = await inTurn(parts, ({ operation, data }) => session.run(operations[operation].action, data));
    return { Responses: outputs.map(({ Item }) => (Item ? { Item } : {})), ...consumed(outputs) };
  });
}

/** Drops the client tokens that answer for nothing any more. */
export function forgetOldTokens(engine: Engine, now: Date): Promise<void> {
  return engine.alone(async (session) => {
    for await (const [key, value] of engine.records(tokenKeys)) {
      if (readToken(value).expiresAt <= now.getTime()) session.delete(key);
    }
  });
}

async function isRepeated(
  session: Session,
  { id, digest }: { id: string; digest: string },
  now: Date,
): Promise<boolean> {
  const key = tokenKeys + id;
  const stored = await session.get(key);
  const earlier = stored === undefined ? undefined : readToken(stored);
  if (!earlier || earlier.expiresAt <= now.getTime()) {
    session.put(key, { digest, expiresAt: now.getTime() + TOKEN_MS });
    return false;
  }
  if (earlier.digest === digest) return true;
  throw new DynamoDbError(
    "IdempotentParameterMismatchException",
    `The client token ${id} was used for another transaction within the last ten minutes`,
  );
}

function readToken(stored: unknown): { digest: string; expiresAt: number } {
  return parse(Token, stored, (fault) => new Error(`a stored client token is damaged: ${fault}`));
}

function refuseRepeatedItems(session: Session, parts: readonly Part[]): void {
  const keys = parts.map(({ data }) => `${data.TableName}~${session.keyOf(data)}`);
  if (new Set(keys).size < keys.length) {
    throw new ValidationError("Transaction request cannot include multiple operations on one item");
  }
}

async function inTurn<T>(parts: readonly Part[], step: (part: Part) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const part of parts) results.push(await step(part));
  return results;
}

async function attempt(session: Session, part: Part): Promise<{ reason: CancellationReason; output: ItemOutput }> {
  try {
    return { reason: { Code: "None" }, output: await session.run(operations[part.operation].action, part.data) };
  } catch (error) {
    return { reason: await reasonOf(error, session, part), output: {} };
  }
}

async function reasonOf(error: unknown, session: Session, part: Part): Promise<CancellationReason> {
  if (isConditionFailure(error)) {
    const Item = part.returnsOldItem ? await session.itemOf(part.data) : undefined;
    return { Code: "ConditionalCheckFailed", Message: error.message, ...(Item && { Item }) };
  }
  if (isDynaliteError(error) && codeOf(error) === "ValidationException") {
    return { Code: "ValidationError", Message: error.message };
  }
  throw error;
}

/** A transaction costs twice what its parts would by themselves: one round prepares, one commits. */
function consumed(outputs: readonly ItemOutput[]): Output {
  const units = new Map<string, number>();
  for (const { ConsumedCapacity } of outputs) {
    if (!ConsumedCapacity) continue;
    const { TableName, CapacityUnits } = ConsumedCapacity;
    units.set(TableName, (units.get(TableName) ?? 0) + 2 * CapacityUnits);
  }
  if (units.size === 0) return {};
  return { ConsumedCapacity: Array.from(units, ([TableName, CapacityUnits]) => ({ TableName, CapacityUnits })) };
}
