import type { Bucket } from "./buckets/bucket.ts";
import { openExchange, type S3Service } from "./exchange.ts";
import { existingTags } from "./objects/find-object.ts";
import type { Operation } from "./operation.ts";
import type { S3Request } from "./protocol/request.ts";
import type { S3Response } from "./protocol/response.ts";
import { S3Error } from "./protocol/s3-error.ts";
import { route } from "./router.ts";

/** Finds a request's operation, asks whether its sender may, and runs it; throws S3Error. */
export async function dispatch(
  service: S3Service,
  request: S3Request,
  bucket: Bucket | undefined,
): Promise<S3Response> {
  const operation = route(request);
  const exchange = openExchange(service, request, operation.on === "object" && operation.createsObject === true);
  const { access, store } = exchange;
  const action = actionOf(operation, request);
  if (operation.on === "service") {
    if (action !== "each") access.demandService(action);
    return operation.run(exchange);
  }
  const { bucket: bucketName = "", key = "" } = request.address;
  if (!bucket) throw new S3Error("NoSuchBucket", { details: { BucketName: bucketName } });
  checkOwner(request, service.recording.accountId);
  if (operation.on === "bucket") {
    if (action !== "each") access.demandBucket(bucket, action);
    return operation.run({ ...exchange, bucket });
  }
  if (action !== "each") {
    const versionId = request.query.get("versionId") ?? undefined;
    access.demandObject(bucket, key, action, existingTags({ store, bucket, key }, versionId));
  }
  return operation.run({ ...exchange, bucket, key });
}

function actionOf({ action }: Operation, request: S3Request): string {
  return typeof action === "string" ? action : action(request);
}

/** A client may say whose bucket it means, lest somebody else has taken its name. */
function checkOwner({ headers }: S3Request, accountId: string): void {
  const expected = headers["x-amz-expected-bucket-owner"];
  if (expected !== undefined && expected !== accountId) throw new S3Error("AccessDenied");
}
