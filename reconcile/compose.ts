import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createDynamoDbAlbumStore } from "../api/adapters/dynamodb/album-store.ts";
import { createDynamoDbCounterStore } from "../api/adapters/dynamodb/counter-store.ts";
import { createDynamoDbDueStore } from "../api/adapters/dynamodb/due-store.ts";
import { createDynamoDbFriendStore } from "../api/adapters/dynamodb/friend-store.ts";
import { createDynamoDbPhotoStore } from "../api/adapters/dynamodb/photo-store.ts";
import type { Clock } from "../api/domain/ports/clock.ts";
import { createClearAlbums } from "./clear-albums.ts";
import type { ReconcileConfig } from "./config.ts";
import { createExpirePhotos } from "./expire-photos.ts";
import type { Log, RemoveObject } from "./ports.ts";
import { createReconcile, type Reconcile } from "./reconcile.ts";
import { createRecount } from "./recount.ts";

/** Builds the reconciler on AWS clients that take credentials, region and endpoints from the standard environment. */
export function compose(config: ReconcileConfig, log: Log): Reconcile {
  return wire(config, { dynamoDb: new DynamoDBClient(), s3: new S3Client(), now: () => new Date() }, log);
}

export interface Clients {
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly now: Clock;
}

/** Makes the jobs of the clients and the settings. */
export function wire(config: ReconcileConfig, { dynamoDb, s3, now }: Clients, log: Log): Reconcile {
  const table = { client: dynamoDb, tableName: config.table, now };
  const removeObject: RemoveObject = async (Key) => {
    await s3.send(new DeleteObjectCommand({ Bucket: config.bucket, Key }));
  };

  const due = createDynamoDbDueStore(table);
  const photos = createDynamoDbPhotoStore(table);
  const albums = createDynamoDbAlbumStore({ ...table, photos });
  const settledBefore = () => new Date(now().getTime() - config.graceSeconds * 1000);
  return createReconcile({
    jobs: {
      photos: createExpirePhotos({ due, photos, removeObject, settledBefore }),
      albums: createClearAlbums({ due, albums, settledBefore }),
      counts: createRecount({
        counters: createDynamoDbCounterStore(table),
        photos,
        albums,
        friends: createDynamoDbFriendStore(table),
        settledBefore,
      }),
    },
    now,
    log,
  });
}
