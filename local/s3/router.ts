import type { Operation } from "./operation.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import * as settings from "./operations/bucket-settings.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { createBucket } from "./operations/create-bucket.ts";
import { createMultipartUpload } from "./operations/create-multipart-upload.ts";
import { deleteBucket } from "./operations/delete-bucket.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { deleteObjects } from "./operations/delete-objects.ts";
import { getObject, headObject } from "./operations/get-object.ts";
import { getObjectAttributes } from "./operations/get-object-attributes.ts";
import { listBuckets } from "./operations/list-buckets.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjectVersions } from "./operations/list-object-versions.ts";
import { listObjects, listObjectsV2 } from "./operations/list-objects.ts";
import { listParts } from "./operations/list-parts.ts";
import { getObjectAcl, putObjectAcl } from "./operations/object-acl.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging.ts";
import { postObject } from "./operations/post-object.ts";
import { putObject } from "./operations/put-object.ts";
import { uploadPart } from "./operations/upload-part.ts";
import { uploadPartCopy } from "./operations/upload-part-copy.ts";
import type { S3Request } from "./protocol/request.ts";
import { notImplemented, S3Error } from "./protocol/s3-error.ts";

/** By method, what the address names, and the query parameter that makes it another operation. */
const routes: Readonly<Record<string, Operation>> = {
  "GET service": listBuckets,

  "GET bucket": listObjects,
  "GET bucket?list-type": listObjectsV2,
  "GET bucket?versions": listObjectVersions,
  "GET bucket?uploads": listMultipartUploads,
  "HEAD bucket": settings.headBucket,
  "PUT bucket": createBucket,
  "DELETE bucket": deleteBucket,
  "POST bucket": postObject,
  "POST bucket?delete": deleteObjects,
  "GET bucket?acl": settings.getBucketAcl,
  "GET bucket?cors": settings.getBucketCors,
  "GET bucket?encryption": settings.getBucketEncryption,
  "GET bucket?lifecycle": settings.getBucketLifecycle,
  "GET bucket?location": settings.getBucketLocation,
  "GET bucket?notification": settings.getBucketNotification,
  "GET bucket?object-lock": settings.getObjectLockConfiguration,
  "GET bucket?ownershipControls": settings.getBucketOwnershipControls,
  "GET bucket?policy": settings.getBucketPolicy,
  "GET bucket?publicAccessBlock": settings.getPublicAccessBlock,
  "GET bucket?replication": settings.getBucketReplication,
  "GET bucket?requestPayment": settings.getBucketRequestPayment,
  "GET bucket?tagging": settings.getBucketTagging,
  "GET bucket?versioning": settings.getBucketVersioning,
  "GET bucket?website": settings.getBucketWebsite,

  "GET object": getObject,
  "HEAD object": headObject,
  "PUT object": putObject,
  "PUT object from x-amz-copy-source": copyObject,
  "DELETE object": deleteObject,
  "GET object?acl": getObjectAcl,
  "PUT object?acl": putObjectAcl,
  "GET object?attributes": getObjectAttributes,
  "GET object?tagging": getObjectTagging,
  "PUT object?tagging": putObjectTagging,
  "DELETE object?tagging": deleteObjectTagging,

  "POST object?uploads": createMultipartUpload,
  "GET object?uploadId": listParts,
  "PUT object?uploadId": uploadPart,
  "PUT object?uploadId from x-amz-copy-source": uploadPartCopy,
  "POST object?uploadId": completeMultipartUpload,
  "DELETE object?uploadId": abortMultipartUpload,
};

/** Every parameter by which S3 tells one operation from another; `uploadId` after `uploads`, as no request has both. */
const subresources = [
  ...["abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete", "encryption"],
  ...["intelligent-tiering", "inventory", "legal-hold", "lifecycle", "list-type", "location", "logging"],
  ...["metadataConfiguration", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls"],
  ...["policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore"],
  ...[
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploads",
    "uploadId",
    "versioning",
    "versions",
    "website",
  ],
];

/** Finds what a request asks for; throws NotImplemented, naming it, for what S3 has and this S3 has not. */
export function route({ method, address, query, headers }: S3Request): Operation {
  const on = address.key !== undefined ? "object" : address.bucket !== undefined ? "bucket" : "service";
  const subresource = subresources.find((name) => query.has(name));
  const asked = subresource === undefined ? `${method} ${on}` : `${method} ${on}?${subresource}`;
  const copies = method === "PUT" && headers["x-amz-copy-source"] !== undefined;
  const operation = routes[copies ? `${asked} from x-amz-copy-source` : asked];
  if (operation) return operation;
  if (subresource !== undefined) throw notImplemented(`${method} ?${subresource} of ${article(on)}`);
  throw new S3Error("MethodNotAllowed", { details: { Method: method, ResourceType: on.toUpperCase() } });
}

function article(on: string): string {
  return on === "object" ? "an object" : `a ${on}`;
}
