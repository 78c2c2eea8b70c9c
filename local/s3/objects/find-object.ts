import type { ConditionContext } from "../../iam/types.ts";
import { tagContext } from "../access.ts";
import type { ObjectExchange } from "../exchange.ts";
import { httpDate } from "../protocol/response.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { StoredObject } from "../store/records.ts";

/** What policies may ask of the object that is there already. */
export function existingTags(
  { store, bucket, key }: Omit<Lookup, "access">,
  versionId: string | undefined,
): ConditionContext {
  const version = store.objects.find(bucket.name, key, versionId);
  return tagContext("s3:ExistingObjectTag", version?.kind === "object" ? version.facts.tags : {});
}

type Lookup = Pick<ObjectExchange, "access" | "store" | "bucket" | "key">;

/** The object that a key or one of its versions names; throws what S3 answers when there is none to be seen. */
export function findObject({ access, store, bucket, key }: Lookup, versionId: string | undefined): StoredObject {
  if (versionId === "") throw invalidArgument("versionId", versionId, "Version id cannot be the empty string");
  const version = store.objects.find(bucket.name, key, versionId);
  if (version?.kind === "object") return version;
  // Whoever may not list must not learn by asking which keys there are.
  if (!access.mayUseBucket(bucket, "s3:ListBucket")) throw new S3Error("AccessDenied");
  if (!version) {
    if (versionId === undefined) throw new S3Error("NoSuchKey", { details: { Key: key } });
    throw new S3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
  }
  const marker = { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId };
  if (versionId === undefined) throw new S3Error("NoSuchKey", { details: { Key: key }, headers: marker });
  throw new S3Error("MethodNotAllowed", {
    details: { Method: "GET", ResourceType: "DeleteMarker" },
    headers: { ...marker, allow: "DELETE", "last-modified": httpDate(version.modifiedAt) },
  });
}
