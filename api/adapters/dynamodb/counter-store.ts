import { QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { UserId } from "../../domain/photo.ts";
import type { CounterStore, Recount, RecountOptions } from "../../domain/ports/counter-store.ts";
import { isDeletedAlbum, parseMemberItem } from "./album-item.ts";
import { albumsOfMember } from "./album-lists.ts";
import { date } from "./attributes.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { albumKey, type Item, placed, places, userKey } from "./keys.ts";
import { parsePhotoItem } from "./photo-item.ts";
import { allPhotosOfOwner } from "./photo-lists.ts";
import { queryPage } from "./query-page.ts";
import { parseUserKey, shardOf, userShards } from "./user-item.ts";

const usersPerPage = 25;

/** Counters in DynamoDB, each beside what it belongs to. */
export function createDynamoDbCounterStore(table: Table): CounterStore {
  const { client, tableName: TableName } = table;

  async function queryUsers(shard: string, after: UserId | undefined): Promise<UserId[]> {
    const { index, partition } = places.user(shard, "");
    const { Items = [] } = await guard(
      client.send(
        new QueryCommand({
          TableName,
          IndexName: index,
          KeyConditionExpression: "#partition = :partition",
          ExpressionAttributeNames: { "#partition": `${index}pk` },
          ExpressionAttributeValues: { ":partition": { S: partition } },
          Limit: usersPerPage,
          ...(after !== undefined && {
            ExclusiveStartKey: { ...userKey(after), ...placed(places.user(shard, after)) },
          }),
        }),
      ),
    );
    return Items.map(parseUserKey);
  }

  async function recount(key: Item, count: () => Promise<Counts>, options: RecountOptions): Promise<Recount> {
    const [item] = await batchGet(table, [key]);
    if (!item || isDeletedAlbum(item)) return "right";
    // A counter that nothing was ever counted in has settled, too.
    const { countedAt } = item;
    if (countedAt && date(item, "countedAt") >= options.settledBefore) return "unsettled";
    const counts = Object.entries(await count());
    // As the table has it: a counter that is no count at all is what this is for.
    const wrong = counts.filter(([name, value]) => (item[name]?.N ?? "0") !== String(value));
    if (wrong.length === 0) return "right";
    if (options.dryRun) return "wrong";

    const { expression, values } = updateExpression(
      Object.fromEntries(wrong.map(([name, value]) => [name, { N: String(value) }])),
      [],
    );
    const same = countedAt ? "#countedAt = :countedAt" : "attribute_not_exists(#countedAt)";
    const condition = `attribute_exists(#pk) AND ${same}`;
    const written = await guardCondition(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key,
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: namesIn(expression, condition),
          ExpressionAttributeValues: { ...values, ...(countedAt && { ":countedAt": countedAt }) },
        }),
      ),
    );
    return written ? "wrong" : "unsettled";
  }

  return {
    async *pagesOfUsers(after) {
      const from = after === undefined ? 0 : userShards.indexOf(shardOf(after));
      for (const [index, shard] of userShards.slice(from).entries()) {
        let last = index === 0 ? after : undefined;
        for (;;) {
          const users = await queryUsers(shard, last);
          last = users.at(-1);
          if (last === undefined) break;
          yield users;
        }
      }
    },

    async listAllOfOwner(ownerId, page) {
      const { items, ...rest } = await queryPage(table, allPhotosOfOwner(ownerId), page);
      return { items: items.map(parsePhotoItem), ...rest };
    },

    async listOwnedAlbums(ownerId, page) {
      const { items, ...rest } = await queryPage(table, albumsOfMember(ownerId), page);
      const owned = items.map(parseMemberItem).filter(({ role }) => role === "owner");
      return { items: owned.map(({ albumId }) => albumId), ...rest };
    },

    recountUser: (id, count, options) =>
      recount(
        userKey(id),
        async () => {
          const { usage, friendCount } = await count();
          return { usedBytes: usage.bytes, usedPhotos: usage.photos, friendCount };
        },
        options,
      ),

    recountAlbum: (id, count, options) => recount(albumKey(id), async () => ({ ...(await count()) }), options),
  };
}

/** By the attribute that holds it. */
type Counts = Readonly<Record<string, number>>;
