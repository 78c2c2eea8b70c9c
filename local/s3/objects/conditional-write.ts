import type { Bucket } from "../buckets/bucket.ts";
import type { S3Request } from "../protocol/request.ts";
import { notImplemented, S3Error } from "../protocol/s3-error.ts";
import type { Precondition } from "../store/object-store.ts";
import type { Store } from "../store/store.ts";
import { failed, listsEtag } from "./conditional-read.ts";

/**
 * Runs a write under its `If-None-Match: *` or `If-Match`. The condition is weighed before the body is read, to spare the
 * client that, and again in the transaction of the write, so that of several writers one wins.
 */
export async function underCondition<T>(
  { headers }: Pick<S3Request, "headers">,
  store: Store,
  bucket: Bucket,
  key: string,
  write: (precondition: Precondition | undefined) => Promise<T>,
): Promise<T> {
  const condition = writeCondition(headers);
  if (!condition) return write(undefined);
  const current = store.objects.find(bucket.name, key);
  condition(current?.kind === "object" ? current : undefined);
  const watch = store.objects.watchDeletion(bucket.name, key);
  try {
    return await write((current) => {
      condition(current);
      // Absent, but only since: S3 has the client look again rather than undo a deletion unawares.
      if (current === undefined && watch.deleted) throw new S3Error("ConditionalRequestConflict");
    });
  } finally {
    watch.end();
  }
}

/** The condition that a write or a delete puts on what its key holds. */
export function writeCondition(headers: S3Request["headers"]): Precondition | undefined {
  const { "if-none-match": ifNoneMatch, "if-match": ifMatch } = headers;
  if (ifNoneMatch !== undefined && ifMatch !== undefined) throw notImplemented("If-Match beside If-None-Match");
  if (ifMatch !== undefined) return (current) => mustMatch(current?.facts.etag, ifMatch);
  if (ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch.trim() !== "*") throw notImplemented("If-None-Match with anything but * on a write");
  return (current) => {
    if (current) throw failed("If-None-Match");
  };
}

function mustMatch(etag: string | undefined, ifMatch: string): void {
  if (etag === undefined) throw new S3Error("NoSuchKey");
  if (!listsEtag(ifMatch, etag)) throw failed("If-Match");
}
