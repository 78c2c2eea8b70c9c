import { createHash, randomBytes } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { checksumAlgorithms } from "../s3/body/checksum-algorithms.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "large";
const mebibyte = 1024 * 1024;
const bytes = randomBytes(11 * mebibyte);
const chunks = [
  bytes.subarray(0, 5 * mebibyte),
  bytes.subarray(5 * mebibyte, 10 * mebibyte),
  bytes.subarray(10 * mebibyte),
];

describe("Multipart uploads to the local S3", () => {
  let s3: TestS3;
  const client = () => s3.client();
  const create = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }));
    return { Bucket, Key, UploadId };
  };
  type Target = Awaited<ReturnType<typeof create>>;
  const uploadAll = (upload: Target, ChecksumAlgorithm?: "CRC32" | "SHA256") =>
    Promise.all(
      chunks.map(async (Body, index) => {
        const PartNumber = index + 1;
        const command = new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm });
        const { ETag, ChecksumCRC32, ChecksumSHA256 } = await client().send(command);
        return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256 };
      }),
    );
  const complete = (upload: Target, Parts: object[], input: Partial<CompleteMultipartUploadCommandInput> = {}) =>
    client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...input }));
  const bytesOf = async (Key: string, Range?: string) => {
    const { Body } = await client().send(new GetObjectCommand({ Bucket, Key, Range }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket));
  });
  after(() => s3.close());

  it("by the SDK's uploader make one object of many parts, read as a whole, by range and by part", async () => {
    const upload = new Upload({
      client: client(),
      params: { Bucket, Key: "sdk", Body: bytes },
      partSize: 5 * mebibyte,
    });
    const { ETag } = await upload.done();
    const md5s = chunks.map((chunk) => createHash("md5").update(chunk).digest());
    expect(ETag).to.equal(`"${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-3"`);
    expect(await bytesOf("sdk")).to.deep.equal(bytes);
    const [first, last] = [5 * mebibyte - 10, 10 * mebibyte + 9];
    expect(await bytesOf("sdk", `bytes=${first}-${last}`)).to.deep.equal(bytes.subarray(first, last + 1));
    const part = await client().send(new HeadObjectCommand({ Bucket, Key: "sdk", PartNumber: 3 }));
    expect(part).to.include({
      PartsCount: 3,
      ContentRange: `bytes ${10 * mebibyte}-${bytes.length - 1}/${bytes.length}`,
    });
    const beyond = client().send(new GetObjectCommand({ Bucket, Key: "sdk", PartNumber: 4 }));
    expect(await rejection(beyond)).to.include({ name: "InvalidPartNumber" });
  });

  it("have a checksum of checksums, and tell those of their parts", async () => {
    const upload = await create("composite", { ChecksumAlgorithm: "SHA256" });
    const parts = await uploadAll(upload, "SHA256");
    const { ChecksumSHA256, ChecksumType } = await complete(upload, parts);
    const digests = chunks.map((chunk) => createHash("sha256").update(chunk).digest());
    const expected = `${createHash("sha256").update(Buffer.concat(digests)).digest("base64")}-3`;
    expect({ ChecksumSHA256, ChecksumType }).to.deep.equal({ ChecksumSHA256: expected, ChecksumType: "COMPOSITE" });
    const { ObjectParts } = await client().send(
      new GetObjectAttributesCommand({ Bucket, Key: "composite", ObjectAttributes: ["ObjectParts"], MaxParts: 2 }),
    );
    expect(ObjectParts).to.deep.include({ TotalPartsCount: 3, IsTruncated: true, NextPartNumberMarker: "2" });
    expect(ObjectParts?.Parts?.map(({ ChecksumSHA256 }) => ChecksumSHA256)).to.deep.equal(
      digests.slice(0, 2).map((digest) => digest.toString("base64")),
    );
  });

  it("have the checksum of the whole when that is what they began with", async () => {
    const upload = await create("whole", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const parts = await uploadAll(upload, "CRC32");
    const digest = checksumAlgorithms.CRC32.create();
    digest.update(bytes);
    const ChecksumCRC32 = (await digest.digest()).toString("base64");
    expect(await rejection(complete(upload, parts, { ChecksumCRC32: "AAAAAA==" }))).to.include({ name: "BadDigest" });
    const completed = await complete(upload, parts, { ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
    expect(completed).to.include({ ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
  });

  it("copy parts out of other objects", async () => {
    const source = await create("source");
    await complete(source, await uploadAll(source));
    const upload = await create("copied");
    const copy = async (PartNumber: number, CopySourceRange: string) => {
      const input = { ...upload, PartNumber, CopySource: `${Bucket}/source`, CopySourceRange };
      const { CopyPartResult } = await client().send(new UploadPartCopyCommand(input));
      return { PartNumber, ETag: CopyPartResult?.ETag };
    };
    const parts = [await copy(1, `bytes=1-${5 * mebibyte}`), await copy(2, "bytes=0-9")];
    await complete(upload, parts);
    expect(await bytesOf("copied")).to.deep.equal(
      Buffer.concat([bytes.subarray(1, 5 * mebibyte + 1), bytes.subarray(0, 10)]),
    );
    const outside = copy(3, `bytes=0-${bytes.length}`);
    expect(await rejection(outside)).to.include({ name: "NoSuchUpload" });
    const again = await create("again");
    const range = {
      ...again,
      PartNumber: 1,
      CopySource: `${Bucket}/source`,
      CopySourceRange: `bytes=0-${bytes.length}`,
    };
    expect(await rejection(client().send(new UploadPartCopyCommand(range)))).to.include({ name: "InvalidArgument" });
  });

  it("list their parts, and a part takes the place of one with its number", async () => {
    const upload = await create("listed");
    const part = (PartNumber: number, Body: string) =>
      client().send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    for (const number of [7, 1, 3]) await part(number, `part ${number}`);
    await part(3, "another part 3");
    const first = await client().send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect(first).to.include({ IsTruncated: true, NextPartNumberMarker: "3" });
    expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([
      [1, 6],
      [3, 14],
    ]);
    const rest = await client().send(new ListPartsCommand({ ...upload, PartNumberMarker: "3" }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([7]);
  });

  it("are listed while they last", async () => {
    const ids = [await create("many/a"), await create("many/a"), await create("many/b/c")].map(
      ({ UploadId }) => UploadId,
    );
    const list = (input: object) =>
      client().send(new ListMultipartUploadsCommand({ Bucket, Prefix: "many/", ...input }));
    const first = await list({ MaxUploads: 1 });
    const rest = await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker });
    const listed = [...(first.Uploads ?? []), ...(rest.Uploads ?? [])].map(({ UploadId }) => UploadId);
    expect(listed.toSorted()).to.deep.equal(ids.toSorted());
    const rolled = await list({ Delimiter: "/" });
    expect(rolled.CommonPrefixes).to.deep.equal([{ Prefix: "many/b/" }]);

    await client().send(new AbortMultipartUploadCommand({ Bucket, Key: "many/b/c", UploadId: ids[2] }));
    expect((await list({})).Uploads).to.have.length(2);
    const aborted = client().send(new ListPartsCommand({ Bucket, Key: "many/b/c", UploadId: ids[2] }));
    expect(await rejection(aborted)).to.include({ name: "NoSuchUpload" });
  });

  it("are good for their own key only", async () => {
    const { UploadId } = await create("mine");
    const foreign = client().send(new UploadPartCommand({ Bucket, Key: "yours", UploadId, PartNumber: 1, Body: "x" }));
    expect(await rejection(foreign)).to.include({ name: "NoSuchUpload" });
  });

  const refusals: [
    title: string,
    change: (parts: { PartNumber: number; ETag: string | undefined }[]) => object[],
    code: string,
  ][] = [
    ["parts out of order", (parts) => parts.toReversed(), "InvalidPartOrder"],
    ["a part twice", ([first]) => [{ ...first }, { ...first }], "InvalidPartOrder"],
    ["a part with another entity tag", ([first]) => [{ ...first, ETag: '"other"' }], "InvalidPart"],
    ["a part that never came", ([first]) => [{ ...first }, { PartNumber: 9, ETag: first?.ETag }], "InvalidPart"],
    ["a small part before the last", ([, small, last]) => [{ ...small }, { ...last }], "EntityTooSmall"],
    ["no part at all", () => [], "MalformedXML"],
  ];
  for (const [title, change, code] of refusals) {
    it(`are not completed with ${title}`, async () => {
      const upload = await create(`refused ${title}`);
      const bodies = [chunks[0] ?? bytes, Buffer.from("small"), Buffer.from("last")];
      const parts = await Promise.all(
        bodies.map(async (Body, index) => {
          const command = new UploadPartCommand({ ...upload, PartNumber: index + 1, Body });
          return { PartNumber: index + 1, ETag: (await client().send(command)).ETag };
        }),
      );
      expect(await rejection(complete(upload, change(parts)))).to.include({ name: code });
    });
  }

  it("are completed once: the second time there is no upload any more", async () => {
    const upload = await create("once");
    const { ETag } = await client().send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x" }));
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => complete(upload, [{ PartNumber: 1, ETag }])));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  it("refuse part numbers that S3 does not have, and parts without the checksum that was announced", async () => {
    const upload = await create("checked", { ChecksumAlgorithm: "SHA256" });
    const part = (input: Partial<UploadPartCommandInput>) =>
      client().send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x", ...input }));
    expect(await rejection(part({ PartNumber: 0 }))).to.include({ name: "InvalidArgument" });
    expect(await rejection(part({ PartNumber: 10_001 }))).to.include({ name: "InvalidArgument" });
    expect(await rejection(part({ ChecksumAlgorithm: "CRC32" }))).to.include({ name: "InvalidRequest" });
  });
});
