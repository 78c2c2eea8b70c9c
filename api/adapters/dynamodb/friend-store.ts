import { setTimeout as delay } from "node:timers/promises";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { ChangedMeanwhileError, TooManyFriendsError } from "../../domain/errors.ts";
import { areFriends, type FriendStatus, isSameFriendship, maxFriends, mirrored } from "../../domain/friendship.ts";
import type { UserId } from "../../domain/photo.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { FriendStore } from "../../domain/ports/friend-store.ts";
import { userIdPattern } from "../../domain/user.ts";
import { batchGet, type Table } from "./batches.ts";
import { countedAt } from "./counted-at.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import {
  type FriendEdge,
  nextEdge,
  noEdge,
  parseFriendItem,
  parseFriendKey,
  toFriend,
  toFriendItem,
} from "./friend-item.ts";
import { indexList } from "./index-list.ts";
import { friendKey, places, userKey } from "./keys.ts";
import { type List, queryPage } from "./query-page.ts";
import { transact } from "./transact.ts";
import { parseUserKey, userPlacement } from "./user-item.ts";

export interface DynamoDbFriendStoreOptions extends Table {
  readonly now: Clock;
}

/** Two people press their buttons at the same time, not twenty; this is for who does so with a program. */
const mostAttempts = 10;
const longestWaitMs = 400;

/** Friendships in DynamoDB: an item on each side, so that each finds theirs by its own key, written in one transaction. */
export function createDynamoDbFriendStore(options: DynamoDbFriendStoreOptions): FriendStore {
  const { client, tableName: TableName, now } = options;

  /** Both sides as each has it. Not of one moment: the versions in the transaction see to that. */
  async function read(userId: UserId, otherId: UserId): Promise<[mine: FriendEdge, theirs: FriendEdge]> {
    const items = await batchGet(options, [friendKey(userId, otherId), friendKey(otherId, userId)]);
    const edgeOf = (id: UserId) => {
      const item = items.find((each) => parseUserKey(each) === id);
      return item ? parseFriendItem(item) : noEdge(now());
    };
    return [edgeOf(userId), edgeOf(otherId)];
  }

  function replace(userId: UserId, otherId: UserId, { version }: FriendEdge, next: FriendEdge): TransactWriteItem {
    const condition = version === 0 ? "attribute_not_exists(#pk)" : "#version = :version";
    return {
      Put: {
        TableName,
        Item: toFriendItem(userId, otherId, next),
        ConditionExpression: condition,
        ExpressionAttributeNames: namesIn(condition),
        ...(version > 0 && { ExpressionAttributeValues: { ":version": { N: String(version) } } }),
      },
    };
  }

  function countFriend(userId: UserId, difference: 1 | -1, at: Date): TransactWriteItem {
    const { expression, values } = updateExpression({ ...userPlacement(userId), ...countedAt(at) }, []);
    const update = `${expression} ADD #friendCount :difference`;
    const condition = "(attribute_not_exists(#friendCount) OR #friendCount < :most)";
    const limited = difference > 0;
    return {
      Update: {
        TableName,
        Key: userKey(userId),
        UpdateExpression: update,
        ...(limited && { ConditionExpression: condition }),
        ExpressionAttributeNames: namesIn(update, limited ? condition : ""),
        ExpressionAttributeValues: {
          ...values,
          ":difference": { N: String(difference) },
          ...(limited && { ":most": { N: String(maxFriends) } }),
        },
      },
    };
  }

  return {
    async find(userId, otherId) {
      const [item] = await batchGet(options, [friendKey(userId, otherId)]);
      return (item ? parseFriendItem(item) : noEdge(now())).friendship;
    },

    async change(userId, otherId, change) {
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const [mine, theirs] = await read(userId, otherId);
        const after = change(mine.friendship);
        if (isSameFriendship(after, mine.friendship)) return toFriend(otherId, mine);

        const at = now();
        const next = nextEdge(mine, after, at);
        const friends = areFriends(after);
        const counted = friends ? 1 : -1;
        const refused = await transact(client, [
          replace(userId, otherId, mine, next),
          replace(otherId, userId, theirs, nextEdge(theirs, mirrored(after), at)),
          ...(friends === areFriends(mine.friendship)
            ? []
            : [countFriend(userId, counted, at), countFriend(otherId, counted, at)]),
        ]);
        if (!refused) return toFriend(otherId, next);
        const [edge, otherEdge, ...users] = refused;
        if (!edge && !otherEdge && users.includes("condition")) throw new TooManyFriendsError(maxFriends);
        await delay(Math.random() * Math.min(longestWaitMs, 10 * 2 ** attempt));
      }
      throw new ChangedMeanwhileError();
    },

    async list(userId, status, page) {
      const { items, ...rest } = await queryPage(options, friendsOf(userId, status), page);
      const friends = items.map((item) => ({
        userId: parseFriendKey(item),
        status,
        since: parseFriendItem(item).since,
      }));
      return { items: friends, ...rest };
    },
  };
}

function friendsOf(userId: UserId, status: FriendStatus): List {
  return indexList(
    (otherId) => places.friendByStatus(userId, status, otherId),
    (otherId) => friendKey(userId, otherId),
    { newestFirst: false, sortShape: userIdPattern },
  );
}
