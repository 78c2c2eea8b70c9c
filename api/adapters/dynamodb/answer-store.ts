import { hash, randomUUID, timingSafeEqual } from "node:crypto";
import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from "../../domain/errors.ts";
import type { Answer, AnswerStore, Attempt, RepeatableRequest } from "../../domain/ports/answer-store.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import { openAnswer, sealAnswer } from "../answer-seal.ts";
import { bytes, count, date, text } from "./attributes.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { type Item, idempotencyKey } from "./keys.ts";

export interface DynamoDbAnswerStoreOptions extends Table {
  readonly now: Clock;
}

const keptMs = 24 * 60 * 60 * 1000;
/** Longer than any request takes, so that nobody takes over from an attempt that is alive. */
const leaseMs = 60_000;
/** DynamoDB takes items of 400 KB. */
const partBytes = 350 * 1024;

/**
 * Answers in DynamoDB: a record for each key that a user has sent, and beside it the parts of its answer. The record says
 * that it is answered last, in one conditional write, so that an answer is there whole or not at all.
 */
export function createDynamoDbAnswerStore(options: DynamoDbAnswerStoreOptions): AnswerStore {
  const { client, tableName: TableName, now } = options;

  /** Resolves to whether the lease is ours. */
  async function take(id: string, lease: string, { fingerprint }: RepeatableRequest): Promise<boolean> {
    const at = now();
    const expiresAt = new Date(at.getTime() + keptMs);
    const abandoned = "attribute_not_exists(#parts) AND #leasedUntil <= :now AND #fingerprint = :fingerprint";
    // The lease is ours already when the SDK puts again, having heard no answer to a put that did arrive.
    const condition = `attribute_not_exists(#pk) OR #expiresAt <= :now OR (${abandoned}) OR #lease = :lease`;
    const put = new PutItemCommand({
      TableName,
      Item: {
        ...idempotencyKey(id, "RECORD"),
        fingerprint: { B: fingerprint },
        lease: { S: lease },
        leasedUntil: { S: new Date(at.getTime() + leaseMs).toISOString() },
        expiresAt: { S: expiresAt.toISOString() },
        ttl: ttlOf(expiresAt),
      },
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ExpressionAttributeValues: {
        ":now": { S: at.toISOString() },
        ":fingerprint": { B: fingerprint },
        ":lease": { S: lease },
      },
    });
    return (await guardCondition(client.send(put))) !== undefined;
  }

  /** Changes the record as long as the lease is ours; an attempt that came too late has nothing to say any more. */
  async function settle(id: string, lease: string, set: Item): Promise<void> {
    const { expression, values } = updateExpression(set, []);
    const condition = "#lease = :lease AND attribute_not_exists(#parts)";
    const update = new UpdateItemCommand({
      TableName,
      Key: idempotencyKey(id, "RECORD"),
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(expression, condition),
      ExpressionAttributeValues: { ...values, ":lease": { S: lease } },
    });
    await guardCondition(client.send(update));
  }

  async function keep(id: string, lease: string, sealed: Buffer): Promise<void> {
    const ttl = ttlOf(new Date(now().getTime() + keptMs));
    const parts = Math.ceil(sealed.length / partBytes);
    for (let part = 0; part < parts; part += 1) {
      const data = sealed.subarray(part * partBytes, (part + 1) * partBytes);
      const Item = { ...partKey(id, lease, part), data: { B: data }, ttl };
      await guard(client.send(new PutItemCommand({ TableName, Item })));
    }
    await settle(id, lease, { parts: { N: String(parts) } });
  }

  async function read(id: string, lease: string, parts: number): Promise<Buffer> {
    const keys = Array.from({ length: parts }, (_, part) => partKey(id, lease, part));
    const found = new Map((await batchGet(options, keys)).map((item) => [text(item, "sk"), bytes(item, "data")]));
    return Buffer.concat(keys.map((key) => found.get(text(key, "sk")) ?? Buffer.alloc(0)));
  }

  /** What is there when the lease can't be had: another request's record, an answer, or an attempt under way. */
  async function recall(id: string, request: RepeatableRequest): Promise<Answer> {
    const [record] = await batchGet(options, [idempotencyKey(id, "RECORD")]);
    if (!record || date(record, "expiresAt") <= now()) throw new IdempotencyKeyInUseError();
    const fingerprint = bytes(record, "fingerprint");
    if (fingerprint.length !== request.fingerprint.length || !timingSafeEqual(fingerprint, request.fingerprint)) {
      throw new IdempotencyKeyReusedError();
    }
    if (!record.parts) throw new IdempotencyKeyInUseError();
    return openAnswer(await read(id, text(record, "lease"), count(record, "parts")), request);
  }

  return {
    async begin(request): Promise<Answer | Attempt> {
      const id = recordId(request);
      const lease = randomUUID();
      if (!(await take(id, lease, request))) return recall(id, request);
      return {
        keep: async (answer) => keep(id, lease, await sealAnswer(answer, request)),
        release: () => settle(id, lease, { leasedUntil: { S: now().toISOString() } }),
      };
    },
  };
}

/** JSON keeps the two apart, so that no user's key runs into another's. */
function recordId({ userId, key }: RepeatableRequest): string {
  return hash("sha256", JSON.stringify([userId, key]));
}

/** Of one attempt: two that race never mix their parts. */
const partKey = (id: string, lease: string, part: number) => idempotencyKey(id, `ANSWER#${lease}#${part}`);

const ttlOf = (expiresAt: Date) => ({ N: String(Math.ceil(expiresAt.getTime() / 1000)) });
