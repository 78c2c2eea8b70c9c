import type { BucketExchange } from "../exchange.ts";
import type { S3Request } from "../protocol/request.ts";
import type { ObjectVersion } from "../store/records.ts";
import { writeCondition } from "./conditional-write.ts";

/** What became of a DELETE: the version that went for good, or the marker that hides the key now. */
export interface RemovedObject {
  readonly version: ObjectVersion | undefined;
  readonly marker: boolean;
}

export function removalAction(versionId: string | undefined): string {
  return versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
}

/** Deletes a key or one of its versions and announces it, both or neither; nothing to delete is no error. */
export function removeObject(
  { store, bucket, request, announce }: BucketExchange,
  key: string,
  versionId: string | undefined,
  conditions: S3Request["headers"],
): RemovedObject {
  return store.transaction(() => {
    if (versionId !== undefined) {
      const version = store.objects.deleteVersion(bucket, key, versionId);
      if (version) announce(bucket, "ObjectRemoved:Delete", version);
      return { version, marker: version?.kind === "delete-marker" };
    }
    const { removed, marker } = store.objects.delete(bucket, key, request.now, writeCondition(conditions));
    if (removed) announce(bucket, "ObjectRemoved:Delete", removed);
    if (marker) announce(bucket, "ObjectRemoved:DeleteMarkerCreated", marker);
    return { version: marker ?? removed, marker: marker !== undefined };
  });
}
