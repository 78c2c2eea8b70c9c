import { Type } from "typebox";
import { type ChecksumAlgorithm, checksumElement } from "../body/checksum-algorithms.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { xmlReader } from "../protocol/xml.ts";

/** A part as a CompleteMultipartUpload lists it. */
export interface ListedPart {
  readonly number: number;
  /** Without its quotes. */
  readonly etag: string;
  /** Base64, of the upload's algorithm. */
  readonly checksum: string | undefined;
}

/** Its checksum stands in an element that is named for the algorithm. */
const Listed = Type.Object(
  { PartNumber: Type.String({ pattern: "^[1-9]\\d{0,4}$" }), ETag: Type.String() },
  { additionalProperties: Type.String() },
);

const readDocument = xmlReader(
  "CompleteMultipartUpload",
  Type.Object({ Part: Type.Array(Listed, { minItems: 1, maxItems: 10_000 }) }),
  ["Part"],
);

/** Reads the list of a CompleteMultipartUpload; throws MalformedXML and InvalidPartOrder. */
export function readPartList(body: Buffer, algorithm: ChecksumAlgorithm | undefined): ListedPart[] {
  const list = readDocument(body).Part.map((part) => ({
    number: Number(part.PartNumber),
    etag: part.ETag.replaceAll('"', ""),
    checksum: algorithm && checksumIn(part, algorithm),
  }));
  if (list.some(({ number }, index) => number <= (list[index - 1]?.number ?? 0))) throw new S3Error("InvalidPartOrder");
  return list;
}

function checksumIn(part: Readonly<Record<string, string>>, algorithm: ChecksumAlgorithm): string | undefined {
  return part[checksumElement(algorithm)];
}
