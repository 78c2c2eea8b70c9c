import { createDynamoDbAlbumStore } from "../adapters/dynamodb/album-store.ts";
import { createDynamoDbAnswerStore } from "../adapters/dynamodb/answer-store.ts";
import type { Table } from "../adapters/dynamodb/batches.ts";
import { createDynamoDbFeedStore } from "../adapters/dynamodb/feed-store.ts";
import { createDynamoDbFriendStore } from "../adapters/dynamodb/friend-store.ts";
import { createDynamoDbLinkStore } from "../adapters/dynamodb/link-store.ts";
import { createDynamoDbPhotoStore } from "../adapters/dynamodb/photo-store.ts";
import { createDynamoDbRelationStore } from "../adapters/dynamodb/relation-store.ts";
import { createDynamoDbUserStore } from "../adapters/dynamodb/user-store.ts";
import type { Clock } from "../domain/ports/clock.ts";

/** Everything that is kept in the table. */
export function createStores(table: Table & { readonly now: Clock }) {
  const photos = createDynamoDbPhotoStore(table);
  return {
    photos,
    albums: createDynamoDbAlbumStore({ ...table, photos }),
    links: createDynamoDbLinkStore(table),
    relations: createDynamoDbRelationStore(table),
    users: createDynamoDbUserStore(table),
    friends: createDynamoDbFriendStore(table),
    answers: createDynamoDbAnswerStore(table),
    feed: createDynamoDbFeedStore(table),
  };
}
