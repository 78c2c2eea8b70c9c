import type { Principal } from "../../iam/types.ts";
import type { Bucket, QueueNotification } from "../buckets/bucket.ts";
import { formEncode } from "../protocol/form-encoding.ts";
import { bucketArn } from "../protocol/resource-names.ts";
import type { OutboxMessage } from "../store/outbox-store.ts";
import type { ObjectVersion } from "../store/records.ts";

export type EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Post"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated"
  | "ObjectTagging:Put"
  | "ObjectTagging:Delete"
  | "LifecycleExpiration:Delete"
  | "LifecycleExpiration:DeleteMarkerCreated";

/** Tells a bucket's queues what happened to one version of a key. */
export type Announce = (bucket: Bucket, name: EventName, version: ObjectVersion) => void;

/** Who did it, and how. */
export interface EventOrigin {
  readonly principalId: string;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly region: string;
  readonly accountId: string;
  readonly now: Date;
}

/** The messages for every queue that listens for such an event on such a key. */
export function eventMessages(
  bucket: Bucket,
  name: EventName,
  version: ObjectVersion,
  origin: EventOrigin,
): OutboxMessage[] {
  return bucket.queues
    .filter((queue) => listensFor(queue, name, version.key))
    .map((queue) => ({
      queueArn: queue.queueArn,
      bucketArn: bucketArn(bucket.name),
      body: JSON.stringify({ Records: [eventRecord(queue.id, bucket, name, version, origin)] }),
    }));
}

/** As `userIdentity` shows who called. */
export function principalIdOf(principal: Principal): string {
  switch (principal.kind) {
    case "anonymous":
      return "Anonymous";
    case "service":
      return `AWS:${principal.service}`;
    default:
      return `AWS:${principal.userId}`;
  }
}

function listensFor({ events, prefix, suffix }: QueueNotification, name: EventName, key: string): boolean {
  const [group] = name.split(":");
  const listens = events.includes(`s3:${name}`) || events.includes(`s3:${group}:*`);
  return listens && key.startsWith(prefix) && key.endsWith(suffix);
}

function eventRecord(
  configurationId: string,
  bucket: Bucket,
  eventName: EventName,
  version: ObjectVersion,
  { principalId, sourceIp, requestId, region, accountId, now }: EventOrigin,
) {
  const created = eventName.startsWith("ObjectCreated:") && version.kind === "object" ? version.facts : undefined;
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
    eventTime: now.toISOString(),
    eventName,
    userIdentity: { principalId },
    requestParameters: { sourceIPAddress: sourceIp },
    responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": requestId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: { name: bucket.name, ownerIdentity: { principalId: accountId }, arn: bucketArn(bucket.name) },
      object: {
        key: formEncode(version.key),
        ...(created && { size: created.size, eTag: created.etag }),
        ...(version.versionId !== "null" && { versionId: version.versionId }),
        // Compared as text, so as wide for the first as for the last.
        sequencer: version.sequence.toString(16).toUpperCase().padStart(18, "0"),
      },
    },
  };
}
