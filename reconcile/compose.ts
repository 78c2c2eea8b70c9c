import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoDbAlbumStore } from "../api/adapters/dynamodb/album-store.ts";
import { createDynamoDbCounterStore } from "../api/adapters/dynamodb/counter-store.ts";
import { createDynamoDbDueStore } from "../api/adapters/dynamodb/due-store.ts";
import { createDynamoDbFriendStore } from "../api/adapters/dynamodb/friend-store.ts";
import { createDynamoDbPhotoStore } from "../api/adapters/dynamodb/photo-store.ts";
import { createDynamoDbPlaceStore } from "../api/adapters/dynamodb/place-store.ts";
import type { Clock } from "../api/domain/ports/clock.ts";
import { createAbortUploads } from "./abort-uploads.ts";
import { createClearAlbums } from "./clear-albums.ts";
import type { ReconcileConfig } from "./config.ts";
import { createEmptyQuarantine } from "./empty-quarantine.ts";
import { createExpirePhotos } from "./expire-photos.ts";
import { createFindMissing } from "./find-missing.ts";
import type { Log } from "./ports.ts";
import { createReconcile, type Reconcile } from "./reconcile.ts";
import { createRecount } from "./recount.ts";
import { createRemoveOrphans } from "./remove-orphans.ts";
import { createS3Bucket } from "./s3-bucket.ts";
import { createSqsResend } from "./sqs-resend.ts";

/** Builds the reconciler on AWS clients that take credentials, region and endpoints from the standard environment. */
export function compose(config: ReconcileConfig, log: Log): Reconcile {
  // Asked at the endpoint that the environment names: the URL of a queue is its name there.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  return wire(config, { dynamoDb: new DynamoDBClient(), s3: new S3Client(), sqs, now: () => new Date() }, log);
}

export interface Clients {
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly now: Clock;
}

/** Makes the jobs of the clients and the settings. */
export function wire(config: ReconcileConfig, { dynamoDb, s3, sqs, now }: Clients, log: Log): Reconcile {
  const table = { client: dynamoDb, tableName: config.table, now };
  const ago = (seconds: number) => () => new Date(now().getTime() - seconds * 1000);
  const settledBefore = ago(config.graceSeconds);

  const due = createDynamoDbDueStore(table);
  const photos = createDynamoDbPhotoStore(table);
  const albums = createDynamoDbAlbumStore({ ...table, photos });
  const counters = createDynamoDbCounterStore(table);
  const places = createDynamoDbPlaceStore(table);
  const bucket = createS3Bucket({ client: s3, bucket: config.bucket });
  const resendEvent = createSqsResend({ client: sqs, queueUrl: config.queueUrl, bucket: config.bucket });
  const both = { bucket, photos, places, settledBefore };
  return createReconcile({
    jobs: {
      photos: createExpirePhotos({ due, ...both }),
      albums: createClearAlbums({ due, albums, settledBefore }),
      multipart: createAbortUploads({ ...both, tooOldBefore: ago(config.multipartDays * 86_400) }),
      quarantine: createEmptyQuarantine({ ...both, resendEvent, now }),
      orphans: createRemoveOrphans({ ...both, log }),
      missing: createFindMissing({ ...both, counters, log }),
      counts: createRecount({
        counters,
        photos,
        places,
        albums,
        friends: createDynamoDbFriendStore(table),
        settledBefore,
      }),
    },
    now,
    log,
  });
}
