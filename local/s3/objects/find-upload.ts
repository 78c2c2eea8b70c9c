import type { ObjectExchange } from "../exchange.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import type { Upload } from "../store/records.ts";

const mostParts = 10_000;

/** The upload under way that a request names; an id is good for its own key only. */
export function findUpload({ request, store, bucket, key }: ObjectExchange): Upload {
  const id = request.query.get("uploadId") ?? "";
  const upload = store.uploads.find(id);
  if (upload?.bucket === bucket.name && upload.key === key) return upload;
  throw new S3Error("NoSuchUpload", { details: { UploadId: id } });
}

export function partNumberOf({ request }: ObjectExchange): number {
  const text = request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= mostParts) return number;
  throw invalidArgument("partNumber", text, `Part number must be an integer between 1 and ${mostParts}, inclusive`);
}
