import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "aging";
const rule = (id: string, rest: object) => ({ id, status: "Enabled", ...rest });

describe("Lifecycle rules in the local S3", () => {
  let now: Date;
  let s3: TestS3;
  const put = (Key: string, Tagging = "") =>
    s3.client().send(new PutObjectCommand({ Bucket, Key, Body: Key, ...(Tagging && { Tagging }) }));
  /** The sweep as it would run so many days later. */
  const sweepAfter = (days: number) => {
    now = new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
    s3.s3.sweep();
  };
  const stored = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.client().send(new ListObjectVersionsCommand({ Bucket }));
    return [
      ...Versions.map(({ Key, IsLatest }) => `${Key}${IsLatest ? "" : " (old)"}`),
      ...DeleteMarkers.map(({ Key }) => `${Key} (marker)`),
    ];
  };
  const open = async (rules: readonly object[], versioning?: "Enabled") => {
    now = new Date("2026-03-01T12:00:00Z");
    const sides = { lifecycle: rules, ...(versioning && { versioning }) };
    s3 = await startTestS3(recordedBucket(Bucket, sides), { now: () => now });
  };
  afterEach(() => s3.close());

  it("expire what lies under a prefix, at the midnight after its days are over", async () => {
    await open([rule("quarantine", { filter: { prefix: "uploads/" }, expiration: { days: 1 } })]);
    await put("uploads/a");
    await put("media/a");
    sweepAfter(1);
    expect(await stored()).to.deep.equal(["media/a", "uploads/a"]);
    sweepAfter(0.5);
    expect(await stored()).to.deep.equal(["media/a"]);
  });

  it("hide what expires where versions are kept, then remove what is hidden, then the marker alone", async () => {
    await open(
      [
        rule("all", {
          filter: { prefix: "" },
          expiration: { days: 10 },
          noncurrentVersionExpiration: { noncurrentDays: 5 },
        }),
      ],
      "Enabled",
    );
    await put("a");
    sweepAfter(11);
    expect(await stored()).to.deep.equal(["a (old)", "a (marker)"]);
    sweepAfter(6);
    expect(await stored()).to.deep.equal(["a (marker)"]);
    sweepAfter(11);
    expect(await stored()).to.deep.equal([]);
  });

  it("keep the newest old versions when they say how many", async () => {
    const noncurrentVersionExpiration = { noncurrentDays: 1, newerNoncurrentVersions: 2 };
    await open([rule("old", { filter: {}, noncurrentVersionExpiration })], "Enabled");
    for (let count = 0; count < 5; count++) await put("a");
    sweepAfter(3);
    expect(await stored()).to.deep.equal(["a", "a (old)", "a (old)"]);
  });

  it("take away a marker that hides nothing", async () => {
    await open(
      [rule("markers", { filter: { prefix: "" }, expiration: { expiredObjectDeleteMarker: true } })],
      "Enabled",
    );
    await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "never" }));
    await put("was");
    await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "was" }));
    sweepAfter(0);
    expect(await stored()).to.deep.equal(["was (old)", "was (marker)"]);
  });

  it("heed tags and sizes", async () => {
    const and = { prefix: "", tags: { temporary: "yes" }, objectSizeGreaterThan: 1 };
    await open([rule("tagged", { filter: { and }, expiration: { days: 1 } })]);
    await put("untagged");
    await put("tagged", "temporary=yes");
    await put("s", "temporary=yes");
    sweepAfter(2);
    expect(await stored()).to.deep.equal(["s", "untagged"]);
  });

  it("abort uploads that were left lying", async () => {
    await open([rule("abort", { filter: { prefix: "" }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } })]);
    await s3.client().send(new CreateMultipartUploadCommand({ Bucket, Key: "left" }));
    sweepAfter(2);
    await s3.client().send(new CreateMultipartUploadCommand({ Bucket, Key: "fresh" }));
    s3.s3.sweep();
    const { Uploads } = await s3.client().send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map(({ Key }) => Key)).to.deep.equal(["fresh"]);
  });

  it("do nothing while they are disabled", async () => {
    await open([{ id: "off", status: "Disabled", filter: { prefix: "" }, expiration: { days: 1 } }]);
    await put("a");
    sweepAfter(30);
    await s3.client().send(new HeadObjectCommand({ Bucket, Key: "a" }));
  });
});
