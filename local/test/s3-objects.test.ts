import { createHash, randomBytes } from "node:crypto";
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "photos";
const bytes = Buffer.from("0123456789");
const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;

describe("Objects in the local S3", () => {
  let s3: TestS3;
  const put = (input: Omit<PutObjectCommandInput, "Bucket"> & { Bucket?: string }) =>
    s3.client().send(new PutObjectCommand({ Bucket, Body: bytes, ...input }));
  const get = async (input: Omit<GetObjectCommandInput, "Bucket">) => {
    const got = await s3.client().send(new GetObjectCommand({ Bucket, ...input }));
    return { ...got, text: await got.Body?.transformToString() };
  };

  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket));
    await put({ Key: "digits" });
  });
  after(() => s3.close());

  it("come back with their bytes and everything that was said of them", async () => {
    const Body = randomBytes(200_000);
    const Key = "a b/ü+&=?#%/../x.jpg";
    const said = {
      ContentType: "image/jpeg",
      CacheControl: "max-age=60",
      ContentDisposition: 'attachment; filename="x.jpg"',
      ContentLanguage: "de",
      StorageClass: "STANDARD_IA",
    } as const;
    await put({ Key, Body, ...said, Metadata: { album: "summer" }, Tagging: "team=red&state=new" });
    const got = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).to.deep.equal(Body);
    expect(got).to.include({ ...said, TagCount: 2, ServerSideEncryption: "AES256" });
    expect(got.ETag).to.equal(`"${createHash("md5").update(Body).digest("hex")}"`);
    expect(got.Metadata).to.deep.equal({ album: "summer" });
  });

  it("may be empty", async () => {
    await put({ Key: "empty", Body: new Uint8Array(0) });
    expect(await get({ Key: "empty" })).to.include({ text: "", ContentLength: 0 });
    const refused = await rejection(get({ Key: "empty", Range: "bytes=0-" }));
    expect(refused).to.include({ name: "InvalidRange" });
  });

  it("are replaced whole, and a second write to a key wins", async () => {
    await put({ Key: "twice", Body: "first", Metadata: { old: "1" } });
    await put({ Key: "twice", Body: "second" });
    const got = await get({ Key: "twice" });
    expect(got.text).to.equal("second");
    expect(got.Metadata).to.deep.equal({});
  });

  const ranges: [range: string, text: string | undefined, contentRange?: string][] = [
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-99", "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=4-2", "0123456789"],
    ["bytes=0-1,3-4", "0123456789"],
    ["lines=0-1", "0123456789"],
    ["bytes=10-", undefined],
    ["bytes=-0", undefined],
  ];
  for (const [Range, text, ContentRange] of ranges) {
    it(`answer Range: ${Range} with ${text === undefined ? "416" : text}`, async () => {
      if (text === undefined) {
        const refused = await rejection(get({ Key: "digits", Range }));
        expect(refused).to.include({ name: "InvalidRange" });
      } else {
        const { ContentRange: range, text: body, ETag } = await get({ Key: "digits", Range });
        expect({ range, body, ETag }).to.deep.equal({ range: ContentRange, body: text, ETag: etag });
      }
    });
  }

  const past = new Date("2001-01-01");
  const future = new Date("2101-01-01");
  const conditions: [title: string, input: Partial<GetObjectCommandInput>, status: 200 | 304 | 412][] = [
    ["If-Match with its entity tag", { IfMatch: etag }, 200],
    ["If-Match with another", { IfMatch: '"other"' }, 412],
    ["If-Match with *", { IfMatch: "*" }, 200],
    ["If-None-Match with its entity tag", { IfNoneMatch: etag }, 304],
    ["If-None-Match with another", { IfNoneMatch: '"other"' }, 200],
    ["If-Modified-Since before it", { IfModifiedSince: past }, 200],
    ["If-Modified-Since after it", { IfModifiedSince: future }, 304],
    ["If-Unmodified-Since before it", { IfUnmodifiedSince: past }, 412],
    ["If-Unmodified-Since after it", { IfUnmodifiedSince: future }, 200],
    ["If-Match met and If-Unmodified-Since not", { IfMatch: etag, IfUnmodifiedSince: past }, 200],
    ["If-None-Match met and If-Modified-Since not", { IfNoneMatch: '"other"', IfModifiedSince: future }, 200],
  ];
  for (const [title, input, status] of conditions) {
    it(`answer ${title} with ${status}`, async () => {
      const answer = get({ Key: "digits", ...input });
      if (status === 200) expect((await answer).text).to.equal("0123456789");
      else expect(await rejection(answer)).to.have.nested.property("$metadata.httpStatusCode", status);
    });
  }

  it("start over when a range is asked for of what they no longer are", async () => {
    const [same, other] = await Promise.all(
      [etag, '"other"'].map(async (tag) => {
        const command = new GetObjectCommand({ Bucket, Key: "digits", Range: "bytes=0-1" });
        command.middlewareStack.add(
          (next) => (args) => {
            Object.assign(args.request as object, {
              headers: { ...(args.request as { headers: object }).headers, "if-range": tag },
            });
            return next(args);
          },
          { step: "build" },
        );
        return (await s3.client().send(command)).Body?.transformToString();
      }),
    );
    expect([same, other]).to.deep.equal(["01", "0123456789"]);
  });

  it("take headers of the answer from a signed request", async () => {
    const { ContentType, ContentDisposition } = await get({
      Key: "digits",
      ResponseContentType: "text/x-digits",
      ResponseContentDisposition: "inline",
    });
    expect({ ContentType, ContentDisposition }).to.deep.equal({
      ContentType: "text/x-digits",
      ContentDisposition: "inline",
    });
  });

  it("take no header of the answer that would begin another one, or that no header can carry", async () => {
    for (const disposition of ["inline\r\nset-cookie: a=b", 'attachment; filename="日本.jpg"']) {
      const query = new URLSearchParams({ "response-content-disposition": disposition });
      const answer = await s3.ask("GET", `/${Bucket}/digits?${query}`);
      expect([answer.status, answer.code]).to.deep.equal([400, "InvalidArgument"]);
    }
  });

  it("keep the bytes of metadata that is not ASCII, from a header and from a presigned URL", async () => {
    const inHeader = Buffer.from("日本").toString("latin1");
    await s3.ask("PUT", `/${Bucket}/meta-header`, { headers: { "x-amz-meta-title": inHeader }, body: "x" });
    const command = new PutObjectCommand({ Bucket, Key: "meta-url", Metadata: { title: "日本" } });
    await fetch(await getSignedUrl(s3.client(), command), { method: "PUT", body: "x" });
    for (const key of ["meta-header", "meta-url"]) {
      const { headers } = await s3.ask("HEAD", `/${Bucket}/${key}`);
      expect(Buffer.from(headers.get("x-amz-meta-title") ?? "", "latin1").toString()).to.equal("日本");
    }
  });

  it("are copied with their description, or with another one", async () => {
    await put({ Key: "source ü", ContentType: "text/plain", Metadata: { a: "1" }, Tagging: "t=1" });
    const copy = async (Key: string, input: Partial<CopyObjectCommandInput> = {}) => {
      const CopySource = `${Bucket}/${encodeURIComponent("source ü")}`;
      await s3.client().send(new CopyObjectCommand({ Bucket, Key, CopySource, ...input }));
      return get({ Key });
    };
    const same = await copy("copy");
    expect(same).to.include({ text: "0123456789", ContentType: "text/plain", TagCount: 1, ETag: etag });
    expect(same.Metadata).to.deep.equal({ a: "1" });
    const other = await copy("other", {
      MetadataDirective: "REPLACE",
      TaggingDirective: "REPLACE",
      ContentType: "text/x",
      Metadata: { b: "2" },
    });
    expect(other).to.include({ text: "0123456789", ContentType: "text/x" }).and.not.to.have.property("TagCount");
    expect(other.Metadata).to.deep.equal({ b: "2" });
  });

  const copies: [title: string, input: Partial<CopyObjectCommandInput>, code: string][] = [
    ["onto themselves without a change", { Key: "digits" }, "InvalidRequest"],
    ["from a key that is absent", { CopySource: `${Bucket}/absent` }, "NoSuchKey"],
    ["from a bucket that is absent", { CopySource: "no-such-bucket/digits" }, "NoSuchBucket"],
    ["when the source has another entity tag", { CopySourceIfMatch: '"other"' }, "PreconditionFailed"],
    ["when the source still has an entity tag", { CopySourceIfNoneMatch: etag }, "PreconditionFailed"],
    ["onto a key that is taken", { Key: "twice", IfNoneMatch: "*" }, "PreconditionFailed"],
  ];
  for (const [title, input, code] of copies) {
    it(`are not copied ${title}`, async () => {
      const command = new CopyObjectCommand({ Bucket, Key: "copied", CopySource: `${Bucket}/digits`, ...input });
      expect(await rejection(s3.client().send(command))).to.include({ name: code });
    });
  }

  it("have tags that are set, read and taken away", async () => {
    const client = s3.client();
    await put({ Key: "tagged" });
    const tagsOf = async () => (await client.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet;
    expect(await tagsOf()).to.deep.equal([]);
    const TagSet = [{ Key: "a & b", Value: "<c>" }];
    await client.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } }));
    expect(await tagsOf()).to.deep.equal(TagSet);
    await client.send(new DeleteObjectTaggingCommand({ Bucket, Key: "tagged" }));
    expect(await tagsOf()).to.deep.equal([]);
  });

  it("tell their attributes", async () => {
    await put({ Key: "summed", ChecksumAlgorithm: "SHA256" });
    const attributes = await s3.client().send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: "summed",
        ObjectAttributes: ["ETag", "Checksum", "ObjectSize", "StorageClass", "ObjectParts"],
      }),
    );
    expect(attributes).to.deep.include({
      ETag: etag.replaceAll('"', ""),
      ObjectSize: 10,
      StorageClass: "STANDARD",
      Checksum: {
        ChecksumSHA256: createHash("sha256").update(bytes).digest("base64"),
        ChecksumType: "FULL_OBJECT",
      },
    });
    expect(attributes.ObjectParts).to.equal(undefined);
  });

  it("are deleted many at a time, and what was never there counts as deleted", async () => {
    await put({ Key: "one & <two>" });
    const Objects = [{ Key: "one & <two>" }, { Key: "never there" }, { Key: "x".repeat(1025) }];
    const answer = await s3.client().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted).to.deep.equal([{ Key: "one & <two>" }, { Key: "never there" }]);
    expect(answer.Errors?.map(({ Code }) => Code)).to.deep.equal(["KeyTooLongError"]);
    const gone = await rejection(s3.client().send(new HeadObjectCommand({ Bucket, Key: "one & <two>" })));
    expect(gone).to.include({ name: "NotFound" });
  });

  const refused: [title: string, input: Partial<Parameters<typeof put>[0]>, code: string][] = [
    ["a key over 1024 bytes", { Key: "ü".repeat(513) }, "KeyTooLongError"],
    ["over 2 KB of metadata", { Metadata: { a: "x".repeat(2048) } }, "MetadataTooLarge"],
    ["a storage class that does not exist", { StorageClass: "FAST" as "STANDARD" }, "InvalidStorageClass"],
    ["a storage class that is an archive", { StorageClass: "GLACIER" }, "NotImplemented"],
    ["eleven tags", { Tagging: Array.from({ length: 11 }, (_, i) => `t${i}=1`).join("&") }, "BadRequest"],
    ["the same tag twice", { Tagging: "a=1&a=2" }, "InvalidTag"],
    ["a public ACL", { ACL: "public-read" }, "AccessControlListNotSupported"],
    ["an encryption that does not exist", { ServerSideEncryption: "ROT13" as "AES256" }, "InvalidArgument"],
    [
      "a KMS key that does not exist",
      { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "nope" },
      "KMS.NotFoundException",
    ],
    ["an Object Lock", { ObjectLockLegalHoldStatus: "ON" }, "NotImplemented"],
    ["a redirection", { WebsiteRedirectLocation: "/x" }, "NotImplemented"],
    ["a bucket that is absent", { Bucket: "no-such-bucket" }, "NoSuchBucket"],
    ["another owner's bucket", { ExpectedBucketOwner: "111111111111" }, "AccessDenied"],
  ];
  for (const [title, input, code] of refused) {
    it(`are refused for ${title}`, async () => {
      const error = await rejection(put({ ...input, Key: input.Key ?? "refused" }));
      expect(error).to.include({ name: code });
      expect(await rejection(get({ Key: "refused" }))).to.include({ name: "NoSuchKey" });
    });
  }
});
