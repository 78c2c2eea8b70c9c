import type { Authorize, CredentialLookup } from "../iam/types.ts";
import type { Recording } from "../program/recording.ts";
import { type Access, createAccess } from "./access.ts";
import type { Bucket } from "./buckets/bucket.ts";
import type { BucketCatalog } from "./buckets/bucket-catalog.ts";
import { type Announce, eventMessages, principalIdOf } from "./events/event-messages.ts";
import type { S3Request } from "./protocol/request.ts";
import type { Store } from "./store/store.ts";

/** What every request of the running S3 shares. */
export interface S3Service {
  readonly recording: Recording;
  readonly credentials: CredentialLookup;
  readonly authorize: Authorize;
  readonly log: (line: string) => void;
  readonly store: Store;
  readonly buckets: BucketCatalog;
}

/** One request on its way through an operation, with all that the operation may use. */
export interface Exchange extends S3Service {
  readonly request: S3Request;
  readonly access: Access;
  /** For the transaction of the change that it tells of. */
  readonly announce: Announce;
}

export interface BucketExchange extends Exchange {
  readonly bucket: Bucket;
}

export interface ObjectExchange extends BucketExchange {
  readonly key: string;
}

/** `createsObject` is what policies see in `s3:ObjectCreationOperation`. */
export function openExchange(service: S3Service, request: S3Request, createsObject: boolean): Exchange {
  const { recording, credentials, authorize, log, store, buckets } = service;
  const origin = {
    principalId: principalIdOf(request.principal),
    sourceIp: request.remoteAddress,
    requestId: request.id,
    region: recording.region,
    accountId: recording.accountId,
    now: request.now,
  };
  return {
    ...{ recording, credentials, authorize, log, store, buckets, request },
    access: createAccess({ authorize, recording, log, request, createsObject }),
    announce: (bucket, name, version) => store.outbox.add(eventMessages(bucket, name, version, origin)),
  };
}
