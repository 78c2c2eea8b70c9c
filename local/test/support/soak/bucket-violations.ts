import {
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Item } from "../../../../api/adapters/dynamodb/keys.ts";

/*
 * What the bucket must hold by what the table says, written apart from the platform, as the rules of the table are.
 */

/** In words, every object and upload that is there and should not be, and the other way round. */
export async function bucketViolations(s3: S3Client, Bucket: string, items: readonly Item[]): Promise<string[]> {
  const photos = items.filter((item) => item.sk?.S === "PHOTO");
  const expected = photos.filter((photo) => photo.status?.S === "ready").flatMap(keysOf);
  const underWay = new Set(photos.filter((photo) => photo.status?.S === "pending").map((photo) => photo.uploadId?.S));
  return [
    ...differences("object", expected, await visibleKeys(s3, Bucket)),
    ...differences(
      "upload in parts",
      [...underWay].filter((id) => id !== undefined),
      await uploadIds(s3, Bucket),
    ),
    ...(await quarantined(s3, Bucket)).map((key) => `${key} lies in quarantine, be it hidden or not`),
  ];
}

function keysOf({ pk, formats }: Item): string[] {
  const id = pk?.S?.slice("PHOTO#".length);
  const extensions = ["webp", ...(formats?.SS ?? [])];
  const media = ["320", "640", "1280", "2048"].flatMap((size) =>
    extensions.map((each) => `media/${id}/${size}.${each}`),
  );
  return [`originals/${id}`, ...media];
}

async function visibleKeys(client: S3Client, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}

async function uploadIds(s3: S3Client, Bucket: string): Promise<string[]> {
  const { Uploads = [], IsTruncated } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  if (IsTruncated) throw new RangeError("More uploads in parts than one list holds");
  return Uploads.flatMap(({ UploadId }) => UploadId ?? []);
}

async function quarantined(s3: S3Client, Bucket: string): Promise<string[]> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "uploads/" }));
  return Versions.flatMap(({ Key }) => Key ?? []);
}

function differences(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const [wanted, there] = [new Set(expected), new Set(found)];
  return [
    ...[...wanted].filter((each) => !there.has(each)).map((each) => `no ${what} ${each}`),
    ...[...there].filter((each) => !wanted.has(each)).map((each) => `${what} ${each} is of no photo`),
  ];
}
