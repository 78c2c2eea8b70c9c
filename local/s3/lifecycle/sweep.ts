import type { Bucket } from "../buckets/bucket.ts";
import { eventMessages } from "../events/event-messages.ts";
import type { S3Service } from "../exchange.ts";
import { newRequestId } from "../protocol/request.ts";
import type { ObjectVersion } from "../store/records.ts";
import { dueChanges, uploadIsDue } from "./due-changes.ts";

/** Applies every bucket's lifecycle rules as of `now`: expires objects and old versions, and aborts uploads left lying. */
export function sweepLifecycle(service: S3Service, now: Date): void {
  for (const bucket of service.buckets.list()) {
    if (bucket.lifecycle.some(({ enabled }) => enabled)) sweepBucket(service, bucket, now);
  }
}

function sweepBucket({ store, recording, log }: S3Service, bucket: Bucket, now: Date): void {
  const rules = bucket.lifecycle.filter(({ enabled }) => enabled);
  const origin = {
    principalId: "s3.amazonaws.com",
    sourceIp: "s3.amazonaws.com",
    requestId: newRequestId(),
    region: recording.region,
    accountId: recording.accountId,
    now,
  };
  const announce = (name: "Delete" | "DeleteMarkerCreated", version: ObjectVersion) =>
    store.outbox.add(eventMessages(bucket, `LifecycleExpiration:${name}`, version, origin));

  const remove = (version: ObjectVersion) => {
    store.objects.deleteVersion(bucket, version.key, version.versionId);
    announce("Delete", version);
  };
  const expire = (latest: ObjectVersion) => {
    if (latest.kind === "delete-marker") return remove(latest);
    const { removed, marker } = store.objects.delete(bucket, latest.key, now);
    if (removed) announce("Delete", removed);
    if (marker) announce("DeleteMarkerCreated", marker);
  };

  let changes = 0;
  for (const versions of versionsByKey(store.objects.versionsFrom(bucket.name, ""))) {
    const due = dueChanges(rules, versions, now);
    const [latest] = versions;
    store.transaction(() => {
      for (const version of due.noncurrent) remove(version);
      if (due.latest && latest) expire(latest);
    });
    changes += due.noncurrent.length + Number(due.latest);
  }
  for (const upload of store.uploads.uploadsFrom(bucket.name, "")) {
    if (!uploadIsDue(rules, upload, now)) continue;
    store.transaction(() => store.uploads.remove(upload.id));
    changes++;
  }
  if (changes > 0) log(`s3 lifecycle of ${bucket.name}: ${changes} versions and uploads expired`);
}

function* versionsByKey(versions: Iterable<ObjectVersion>): Generator<ObjectVersion[]> {
  let group: ObjectVersion[] = [];
  for (const version of versions) {
    if (group[0] && group[0].key !== version.key) {
      yield group;
      group = [];
    }
    group.push(version);
  }
  if (group.length > 0) yield group;
}
