import type { ReceivedContent } from "../body/receive.ts";
import type { ObjectExchange } from "../exchange.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { Part, Upload } from "../store/records.ts";
import { findUpload } from "./find-upload.ts";
import { etagOf, wholeChecksum } from "./write-object.ts";

/** Makes received bytes a part of an upload; they are removed again when it has ended meanwhile or wants another checksum. */
export async function putPart(
  exchange: ObjectExchange,
  { facts }: Upload,
  number: number,
  content: ReceivedContent,
): Promise<Part> {
  const { store, request } = exchange;
  const { contentId, size, checksum } = content;
  try {
    if (facts.checksum && checksum?.algorithm !== facts.checksum.algorithm) {
      throw wrongChecksumType(facts.checksum.algorithm, checksum?.algorithm);
    }
    const part: Part = {
      contentId,
      size,
      etag: await etagOf(content, facts.encryption),
      ...(checksum && { checksum: wholeChecksum(checksum) }),
      modifiedAt: request.now.getTime(),
    };
    store.transaction(() => store.uploads.putPart(findUpload(exchange).id, number, part));
    return part;
  } catch (error) {
    await store.contents.discard(contentId);
    throw error;
  }
}

function wrongChecksumType(expected: string, actual: string | undefined): S3Error {
  return new S3Error("InvalidRequest", {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase() ?? "null"}`,
  });
}
