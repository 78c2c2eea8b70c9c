import { setTimeout as delay } from "node:timers/promises";
import { DeleteItemCommand, type TransactWriteItem, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type Member, maxMembers, type ViewedAlbum } from "../../domain/album.ts";
import { AlbumFullError, ChangedMeanwhileError } from "../../domain/errors.ts";
import { mapBounded } from "../../domain/map-bounded.ts";
import type { AlbumId } from "../../domain/photo.ts";
import { takeOutOf } from "../../domain/photo-changes.ts";
import type { AlbumStore } from "../../domain/ports/album-store.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { PhotoStore } from "../../domain/ports/photo-store.ts";
import {
  aliveAlbum,
  deletedAlbum,
  isAlbumItem,
  isDeletedAlbum,
  parseAlbumKey,
  parseAliveAlbum,
  parseMemberItem,
  toAlbumItem,
  toMemberItem,
} from "./album-item.ts";
import { albumsOfMember, membersOf } from "./album-lists.ts";
import { countMember, deleteHeld, placeUser, putHeld, putNew, whileAlive } from "./album-writes.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { albumKey, type Item, memberKey, placed, places } from "./keys.ts";
import { queryPage } from "./query-page.ts";
import { type Refusal, transact } from "./transact.ts";

export interface DynamoDbAlbumStoreOptions extends Table {
  /** Of the same table: the photos of a deleted album are taken out of it. */
  readonly photos: Pick<PhotoStore, "listByAlbum" | "change">;
  readonly now?: Clock;
}

/** Whole classes join an album at once, and every one of them writes its item; they get in within a few seconds. */
const mostAttempts = 20;
const longestWaitMs = 400;
/** So many at once when an album is cleared, of members and of photos each: what fits the time of one request. */
const clearedAtOnce = 100;
const parallelClears = 8;

/** Albums in DynamoDB: an item each, its members beside it in the same partition. */
export function createDynamoDbAlbumStore(options: DynamoDbAlbumStoreOptions): AlbumStore {
  const { client, tableName: TableName, photos, now = () => new Date() } = options;

  async function readAlbum(id: AlbumId): Promise<Item | undefined> {
    const [item] = await batchGet(options, [albumKey(id)]);
    return item;
  }

  const find: AlbumStore["find"] = async (id) => {
    const item = await readAlbum(id);
    return item && parseAliveAlbum(item);
  };

  /** Undefined when the album is gone, or already deleted. */
  async function changeAlbum(id: AlbumId, update: string, values: Item) {
    const answer = await guardCondition(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: albumKey(id),
          UpdateExpression: update,
          ConditionExpression: aliveAlbum,
          ExpressionAttributeNames: namesIn(update, aliveAlbum),
          ExpressionAttributeValues: values,
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    return answer?.Attributes;
  }

  /** Writes all together. Resolves to what each one refused, once no other transaction is in the way. */
  async function write(...items: TransactWriteItem[]): Promise<(Refusal | undefined)[]> {
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const refused = await transact(client, items);
      if (!refused) return [];
      if (refused.includes("condition")) return refused;
      await delay(Math.random() * Math.min(longestWaitMs, 10 * 2 ** attempt));
    }
    throw new ChangedMeanwhileError();
  }

  async function clearPhotos(id: AlbumId): Promise<boolean> {
    const { items, nextCursor } = await photos.listByAlbum(id, { limit: clearedAtOnce });
    await mapBounded(items, parallelClears, async (photo) => {
      await photos.change(photo.id, takeOutOf(id));
    });
    return nextCursor === undefined;
  }

  async function clearMembers(id: AlbumId): Promise<boolean> {
    const { items, nextCursor } = await queryPage(options, membersOf(id), { limit: clearedAtOnce });
    await mapBounded(items.map(parseMemberItem), parallelClears, async ({ userId }) => {
      await guard(client.send(new DeleteItemCommand({ TableName, Key: memberKey(id, userId) })));
    });
    return nextCursor === undefined;
  }

  return {
    async create(album) {
      const { id: albumId, ownerId: userId, createdAt: addedAt } = album;
      const refused = await write(
        putNew(TableName, toAlbumItem(album)),
        putNew(TableName, toMemberItem({ albumId, userId, role: "owner", addedAt })),
        placeUser(TableName, userId),
      );
      if (refused.length > 0) throw new TypeError(`The id of the new album ${albumId} is in use`);
    },

    find,

    async listOfMember(userId, page) {
      const { items, ...rest } = await queryPage(options, albumsOfMember(userId), page);
      const ids = items.map(parseAlbumKey);
      const current = await batchGet(
        options,
        ids.flatMap((id) => [albumKey(id), memberKey(id, userId)]),
      );
      return { items: ids.flatMap((id) => viewed(id, current)), ...rest };
    },

    async rename(id, title) {
      const after = await changeAlbum(id, "SET #title = :title ADD #version :one", {
        ":title": { S: title },
        ":one": { N: "1" },
      });
      return after && parseAliveAlbum(after);
    },

    async delete(id, at) {
      const due = placed(places.due(at, `ALBUM#${id}`));
      const names = Object.keys(due).map((name) => `#${name} = :${name}`);
      await changeAlbum(id, `SET ${deletedAlbum} = :at, ${names.join(", ")}`, {
        ":at": { S: at.toISOString() },
        ...Object.fromEntries(Object.entries(due).map(([name, value]) => [`:${name}`, value])),
      });
    },

    async clearDeleted(id) {
      const item = await readAlbum(id);
      if (!item) return true;
      if (!isDeletedAlbum(item)) return false;
      const cleared = await Promise.all([clearPhotos(id), clearMembers(id)]);
      if (cleared.includes(false)) return false;
      // Last, so that whatever fails before is found again: the reconciler looks for the album.
      await guard(client.send(new DeleteItemCommand({ TableName, Key: albumKey(id) })));
      return true;
    },

    async findMember(id, userId) {
      const items = await batchGet(options, [albumKey(id), memberKey(id, userId)]);
      return viewedMember(items);
    },

    async listMembers(id, page) {
      const { items, ...rest } = await queryPage(options, membersOf(id), page);
      const album = await readAlbum(id);
      return album && !isDeletedAlbum(album) ? { items: items.map(parseMemberItem), ...rest } : { items: [] };
    },

    async putMember(member, held) {
      const { albumId } = member;
      const item = toMemberItem(member);
      const [album, other] = held
        ? await write(whileAlive(TableName, albumId), putHeld(TableName, item, held))
        : await write(countMember(TableName, albumId, 1, now()), putNew(TableName, item));
      if (!album && !other) return member;
      if (!other && !held && (await find(albumId))) throw new AlbumFullError(maxMembers);
      return undefined;
    },

    async removeMember(id, userId, held) {
      const refused = await write(countMember(TableName, id, -1, now()), deleteHeld(TableName, id, userId, held));
      return refused.length === 0;
    },
  };
}

/** The album and the membership among items of several albums, where both are still there. */
function viewed(id: AlbumId, items: readonly Item[]): ViewedAlbum[] {
  const own = items.filter((item) => parseAlbumKey(item) === id);
  const item = own.find(isAlbumItem);
  const album = item && parseAliveAlbum(item);
  const member = viewedMember(own);
  return album && member ? [{ album, role: member.role }] : [];
}

/** Of the items of one album and one user: nobody is a member of an album that is gone. */
function viewedMember(items: readonly Item[]): Member | undefined {
  const album = items.find(isAlbumItem);
  const member = items.find((item) => !isAlbumItem(item));
  return album && member && !isDeletedAlbum(album) ? parseMemberItem(member) : undefined;
}
