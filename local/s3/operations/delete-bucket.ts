import type { BucketOperation } from "../operation.ts";
import { noContent } from "../protocol/response.ts";
import { notImplemented, S3Error } from "../protocol/s3-error.ts";

export const deleteBucket: BucketOperation = {
  name: "DeleteBucket",
  on: "bucket",
  action: "s3:DeleteBucket",
  async run({ bucket, store }) {
    if (bucket.declared) throw notImplemented(`DeleteBucket of ${bucket.name}, which the program declares,`);
    store.transaction(() => {
      if (!store.objects.isEmpty(bucket.name)) {
        throw new S3Error("BucketNotEmpty", { details: { BucketName: bucket.name } });
      }
      // Uploads under way do not keep a bucket, they go with it.
      for (const { id } of store.uploads.uploadsFrom(bucket.name, "")) store.uploads.remove(id);
      store.buckets.removeScratch(bucket.name);
    });
    return noContent;
  },
};
