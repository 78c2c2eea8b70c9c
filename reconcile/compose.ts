import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createDynamoDbAlbumStore } from "../api/adapters/dynamodb/album-store.ts";
import { createDynamoDbDueStore } from "../api/adapters/dynamodb/due-store.ts";
import { createDynamoDbPhotoStore } from "../api/adapters/dynamodb/photo-store.ts";
import { createClearAlbums } from "./clear-albums.ts";
import type { ReconcileConfig } from "./config.ts";
import { createExpirePhotos } from "./expire-photos.ts";
import type { Log, RemoveObject } from "./ports.ts";
import { createReconcile, type Reconcile } from "./reconcile.ts";

/** Builds the reconciler on AWS clients that take credentials, region and endpoints from the standard environment. */
export function compose(config: ReconcileConfig, log: Log): Reconcile {
  const now = () => new Date();
  const table = { client: new DynamoDBClient(), tableName: config.table, now };
  const s3 = new S3Client();
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
    },
    now,
    log,
  });
}
