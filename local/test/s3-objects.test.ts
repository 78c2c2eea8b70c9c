import { createHash, randomBytes } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { rejection } from "./rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./test-s3.ts";

describe("The local S3 keeps objects", () => {
  let s3: TestS3;
  before(async () => {
    s3 = await startTestS3(recordedBucket("photos"));
  });
  after(() => s3.close());
  const Bucket = "photos";

  it("answers the bytes and everything that was said of them", async () => {
    const client = s3.client();
    const Body = randomBytes(100_000);
    const put = await client.send(
      new PutObjectCommand({
        Bucket,
        Key: "a b/ü+&.jpg",
        Body,
        ContentType: "image/jpeg",
        CacheControl: "max-age=60",
        ContentDisposition: 'attachment; filename="x.jpg"',
        Metadata: { album: "summer" },
        Tagging: "team=red&state=new",
      }),
    );
    const md5 = createHash("md5").update(Body).digest("hex");
    expect(put.ETag).to.equal(`"${md5}"`);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: "a b/ü+&.jpg" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).to.deep.equal(Body);
    expect(got).to.include({ ContentType: "image/jpeg", CacheControl: "max-age=60", ETag: `"${md5}"`, TagCount: 2 });
    expect(got.Metadata).to.deep.equal({ album: "summer" });
    expect(got.ServerSideEncryption).to.equal("AES256");
  });
});
