import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { UserId } from "../../domain/photo.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { LinkStore } from "../../domain/ports/link-store.ts";
import { isLive, type LinkId } from "../../domain/share-link.ts";
import { count } from "./attributes.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { indexList } from "./index-list.ts";
import { type Item, linkKey, places } from "./keys.ts";
import { parseLinkItem, parseLinkSecrets, toLinkItem } from "./link-item.ts";
import { type List, queryPage } from "./query-page.ts";

export interface DynamoDbLinkStoreOptions extends Table {
  readonly now: Clock;
}

/** Ten attempts at once, then one each 90 seconds: ten in a quarter of an hour. */
const attemptMs = 90_000;
const attemptsAtOnce = 10;

/** Share links in DynamoDB, an item each. */
export function createDynamoDbLinkStore(options: DynamoDbLinkStoreOptions): LinkStore {
  const { client, tableName: TableName, now } = options;

  async function read(id: LinkId): Promise<Item | undefined> {
    const [item] = await batchGet(options, [linkKey(id)]);
    return item;
  }

  /** Resolves to whether the condition held. */
  async function update(id: LinkId, expression: string, condition: string, numbers: Readonly<Record<string, number>>) {
    const values = Object.entries(numbers).map(([name, value]) => [name, { N: String(value) }] as const);
    const answer = await guardCondition(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: linkKey(id),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: namesIn(expression, condition),
          ExpressionAttributeValues: Object.fromEntries(values),
        }),
      ),
    );
    return answer !== undefined;
  }

  return {
    async create(link, secrets) {
      const condition = "attribute_not_exists(#pk)";
      await guard(
        client.send(
          new PutItemCommand({
            TableName,
            Item: toLinkItem(link, secrets),
            ConditionExpression: condition,
            ExpressionAttributeNames: namesIn(condition),
          }),
        ),
      );
    },

    async find(id) {
      const item = await read(id);
      if (!item) return undefined;
      const link = parseLinkItem(item);
      return isLive(link, now()) ? { link, secrets: parseLinkSecrets(item) } : undefined;
    },

    async listByCreator(creatorId, page) {
      const { items, ...rest } = await queryPage(options, linksOf(creatorId, now()), page);
      return { items: items.map(parseLinkItem), ...rest };
    },

    async countUse(id) {
      await update(id, "ADD #uses :one", "attribute_exists(#pk)", { ":one": 1 });
    },

    /*
     * `attemptsUntil` is the time at which the budget will be full again: each attempt moves it on by its share, and what
     * is left of the budget follows from how far ahead it is. One number, changed in one conditional write.
     */
    async countAttempt(id) {
      const at = now().getTime();
      const ahead = "#attemptsUntil >= :now AND #attemptsUntil <= :latest";
      const latest = at + (attemptsAtOnce - 1) * attemptMs;
      const further = { ":now": at, ":latest": latest, ":share": attemptMs };
      if (await update(id, "SET #attemptsUntil = #attemptsUntil + :share", ahead, further)) return 0;

      const full = "attribute_exists(#pk) AND (attribute_not_exists(#attemptsUntil) OR #attemptsUntil < :now)";
      const first = { ":now": at, ":next": at + attemptMs };
      if (await update(id, "SET #attemptsUntil = :next", full, first)) return 0;
      // Of several first ones at the same time all but one come here, and find the budget begun.
      if (await update(id, "SET #attemptsUntil = #attemptsUntil + :share", ahead, further)) return 0;

      const item = await read(id);
      if (!item) return 0;
      return Math.max(1, Math.ceil((count(item, "attemptsUntil") - latest) / 1000));
    },

    // In one write and without a read, which would take longer for a link that is there and another's.
    async remove(id, creatorId) {
      const condition = "#creatorId = :creatorId";
      const removal = new DeleteItemCommand({
        TableName,
        Key: linkKey(id),
        ConditionExpression: condition,
        ExpressionAttributeNames: namesIn(condition),
        ExpressionAttributeValues: { ":creatorId": { S: creatorId } },
      });
      return (await guardCondition(client.send(removal))) !== undefined;
    },
  };
}

function linksOf(creatorId: UserId, now: Date): List {
  return {
    ...indexList((id) => places.linkOfCreator(creatorId, id), linkKey),
    filter: { expression: "#expiresAt > :now", values: { ":now": { S: now.toISOString() } }, dropsMost: false },
  };
}
