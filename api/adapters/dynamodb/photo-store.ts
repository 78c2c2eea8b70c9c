import { setTimeout as delay } from "node:timers/promises";
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import type { AlbumId, Photo, PhotoId, SignedPart } from "../../domain/photo.ts";
import { expire, isDueBefore, isLapsed, isShared, type PhotoChange, takeOutOf } from "../../domain/photo-changes.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { Page } from "../../domain/ports/page.ts";
import type { PhotoStore, SignatureStore } from "../../domain/ports/photo-store.ts";
import { isForSameWindow } from "../../domain/window.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { guard, guardCondition } from "./failures.ts";
import { type Item, photoKey } from "./keys.ts";
import { type CounterWrite, counterWrites } from "./photo-counters.ts";
import {
  parsePhotoItem,
  parsePhotoKey,
  signatureAttribute,
  toPhotoItem,
  toSeconds,
  toSignatureValue,
} from "./photo-item.ts";
import { photosOfAlbum, photosOfOwner, sharedPhotos } from "./photo-lists.ts";
import { type List, queryPage } from "./query-page.ts";
import { createReserve } from "./reserve.ts";
import { transact } from "./transact.ts";

export interface DynamoDbPhotoStoreOptions extends Table {
  readonly now?: Clock;
}

/** The API, the worker and the reconciler may be at the same photo at the same time, and many photos at the same counter. */
const mostAttempts = 12;
const longestWaitMs = 400;

/**
 * Photos in DynamoDB. Reads by id are strongly consistent, so that a right that is taken away is gone at the next
 * request; lists of one's own follow their index, which lags a moment behind, and the others are read again by id.
 */
export function createDynamoDbPhotoStore(options: DynamoDbPhotoStoreOptions): PhotoStore & SignatureStore {
  const { client, tableName: TableName, now = () => new Date() } = options;

  /** Lapsed or not. */
  async function read(id: PhotoId): Promise<Photo | undefined> {
    const get = new GetItemCommand({ TableName, Key: photoKey(id), ConsistentRead: true });
    const { Item } = await guard(client.send(get));
    return Item && parsePhotoItem(Item);
  }

  async function find(id: PhotoId): Promise<Photo | undefined> {
    const photo = await read(id);
    return photo && !isLapsed(photo, now()) ? photo : undefined;
  }

  async function findKept(ids: readonly PhotoId[]): Promise<(Photo | undefined)[]> {
    const items = await batchGet(options, [...new Set(ids)].map(photoKey));
    const found = new Map(items.map(parsePhotoItem).map((photo) => [photo.id, photo]));
    return ids.map((id) => found.get(id));
  }

  async function findMany(ids: readonly PhotoId[]): Promise<(Photo | undefined)[]> {
    const kept = await findKept(ids);
    const at = now();
    return kept.map((photo) => (photo && isLapsed(photo, at) ? undefined : photo));
  }

  /** A page of an index that holds keys alone, as its photos are now: those that `belongs` no longer holds for are left out. */
  async function listAsTheyAre(
    list: List,
    page: { limit: number; cursor?: string | undefined },
    belongs: (photo: Photo) => boolean,
  ): Promise<Page<Photo>> {
    const { items, ...rest } = await queryPage(options, list, page);
    const photos = await findMany(items.map(parsePhotoKey));
    return { items: photos.filter((photo) => photo !== undefined).filter(belongs), ...rest };
  }

  /** Writes a photo's change, or its removal, together with all counters that follow; resolves to what stood in the way. */
  async function write(
    before: Photo,
    after: Photo | undefined,
    counters: readonly CounterWrite[],
  ): Promise<Obstacle | undefined> {
    const own = after ? updateOf(before, after) : deleteOf(before);
    if (counters.length === 0 && "Update" in own) {
      return (await guardCondition(client.send(new UpdateItemCommand(own.Update)))) ? undefined : "changed";
    }
    const refused = await transact(client, [own, ...counters.map((counter) => counter.write)]);
    if (!refused) return undefined;
    const index = refused.slice(1).indexOf("condition");
    return refused[0] === undefined && counters[index]?.album !== undefined
      ? { gone: counters[index].album }
      : "changed";
  }

  function updateOf(before: Photo, after: Photo) {
    const [old, item] = [toPhotoItem(before), toPhotoItem(after)];
    const set = Object.fromEntries(Object.entries(item).filter(([name, value]) => !isSame(value, old[name])));
    const { expression, values } = updateExpression(
      set,
      Object.keys(old).filter((name) => !(name in item)),
    );
    return {
      Update: {
        TableName,
        Key: photoKey(before.id),
        UpdateExpression: expression,
        ConditionExpression: unchanged,
        ExpressionAttributeNames: namesIn(expression, unchanged),
        ExpressionAttributeValues: { ...values, ...versionOf(before) },
      },
    };
  }

  function deleteOf(before: Photo) {
    return {
      Delete: {
        TableName,
        Key: photoKey(before.id),
        ConditionExpression: unchanged,
        ExpressionAttributeNames: namesIn(unchanged),
        ExpressionAttributeValues: versionOf(before),
      },
    };
  }

  /** Does a step again as long as other changes come first; `gone` are albums that were found deleted on the way. */
  async function untilWritten<T>(step: (gone: ReadonlySet<AlbumId>) => Promise<Attempt<T>>): Promise<T> {
    const gone = new Set<AlbumId>();
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const { result, obstacle } = await step(gone);
      if (obstacle === undefined) return result;
      if (obstacle === "changed") await delay(Math.random() * Math.min(longestWaitMs, 10 * 2 ** attempt));
      else gone.add(obstacle.gone);
    }
    throw new DependencyUnavailableError("dynamodb");
  }

  /** The counters of a deleted album go with it. */
  const countersOf = (before: Photo, after: Photo | undefined, gone: ReadonlySet<AlbumId>) =>
    counterWrites(TableName, before, after, now()).filter(({ album }) => album === undefined || !gone.has(album));

  return {
    find,
    findMany,
    findKept,
    reserve: createReserve({ ...options, now }),

    listByOwner: async (ownerId, { visibility, trashed, ...page }) => {
      const { items, ...rest } = await queryPage(options, photosOfOwner(ownerId, { visibility, trashed }, now()), page);
      return { items: items.map(parsePhotoItem), ...rest };
    },

    listShared: (ownerId, { visibility, ...page }) =>
      listAsTheyAre(
        sharedPhotos(ownerId),
        page,
        (photo) => isShared(photo) && (visibility === undefined || photo.visibility === visibility),
      ),

    listByAlbum: (albumId, page) => listAsTheyAre(photosOfAlbum(albumId), page, (photo) => photo.albumId === albumId),

    change: (id, change: PhotoChange) =>
      untilWritten(async (gone) => {
        const before = await find(id);
        if (!before) return { result: undefined };
        const changed = [...gone].reduce((photo, albumId) => takeOutOf(albumId)(photo), change(before));
        if (changed === before) return { result: before };
        const after = { ...changed, version: before.version + 1 };
        return { result: after, obstacle: await write(before, after, countersOf(before, after, gone)) };
      }),

    remove: (id) =>
      untilWritten(async (gone) => {
        const before = await read(id);
        if (!before) return { result: undefined };
        return { result: undefined, obstacle: await write(before, undefined, countersOf(before, undefined, gone)) };
      }),

    async findDue(id, before) {
      const photo = await read(id);
      return photo && isDueBefore(photo, before) ? photo : undefined;
    },

    expire: (id, before) =>
      untilWritten(async () => {
        const photo = await read(id);
        const expired = photo && expire(before)(photo);
        if (!photo || !expired || expired === photo) return { result: undefined };
        const after = { ...expired, version: photo.version + 1 };
        return { result: after, obstacle: await write(photo, after, []) };
      }),

    async keepSignature(id, part, signature) {
      const set = updateExpression({ [signatureAttribute[part]]: toSignatureValue(signature) }, []);
      const ConditionExpression = `attribute_exists(#pk) AND ${supersedes(part)}`;
      const kept = await guardCondition(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: photoKey(id),
            UpdateExpression: set.expression,
            ConditionExpression,
            ExpressionAttributeNames: namesIn(set.expression, ConditionExpression),
            ExpressionAttributeValues: {
              ...set.values,
              ":expiresAt": toSeconds(signature.expiresAt),
              ":keyId": { S: signature.keyId },
              ":resource": { S: signature.resource },
            },
          }),
        ),
      );
      if (kept) return signature;
      const first = (await find(id))?.signatures?.[part];
      return first && isForSameWindow(first, signature) ? first : signature;
    },
  };
}

/** Another change came first, or an album that the photo counted in is deleted. */
type Obstacle = "changed" | { readonly gone: AlbumId };

interface Attempt<T> {
  readonly result: T;
  readonly obstacle?: Obstacle | undefined;
}

const unchanged = "#version = :version";
const versionOf = ({ version }: Photo): Item => ({ ":version": { N: String(version) } });

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Never an older window, so that instances whose clocks differ don't take turns in overwriting each other. */
function supersedes(part: SignedPart): string {
  const kept = `#${signatureAttribute[part]}`;
  const other = `${kept}.#keyId <> :keyId OR ${kept}.#resource <> :resource`;
  return `(attribute_not_exists(${kept}) OR ${kept}.#expiresAt < :expiresAt OR (${kept}.#expiresAt = :expiresAt AND (${other})))`;
}
