import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { type ChecksumAlgorithm, checksumAlgorithms, checksumHeader } from "../s3/body/checksum-algorithms.ts";
import { combineCrcs } from "../s3/body/crc-combine.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

async function checksumOf(algorithm: ChecksumAlgorithm, bytes: Buffer): Promise<Buffer> {
  const digest = checksumAlgorithms[algorithm].create();
  digest.update(bytes);
  return digest.digest();
}

describe("Checksums in the local S3", () => {
  let s3: TestS3;
  const Bucket = "sums";
  const body = randomBytes(150_000);
  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket));
  });
  after(() => s3.close());

  // Of "123456789", as the catalogues of CRCs and the standards print them.
  const published: [ChecksumAlgorithm, string][] = [
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
    ["MD5", "25f9e794323b453885f5181f1b624d0b"],
    ["XXHASH64", "8cb841db40e6ae83"],
  ];
  for (const [algorithm, hex] of published) {
    it(`are right for ${algorithm}`, async () => {
      expect((await checksumOf(algorithm, Buffer.from("123456789"))).toString("hex")).to.equal(hex);
    });
  }

  for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const header = checksumHeader(algorithm);

    it(`by ${algorithm} are kept from a header and answered when asked for`, async () => {
      const value = (await checksumOf(algorithm, body)).toString("base64");
      const put = await s3.ask("PUT", `/${Bucket}/${algorithm}`, { body, headers: { [header]: value } });
      expect(put.headers.get(header)).to.equal(value);
      const asked = await s3.ask("HEAD", `/${Bucket}/${algorithm}`, { headers: { "x-amz-checksum-mode": "ENABLED" } });
      expect(asked.headers.get(header)).to.equal(value);
      expect(asked.headers.get("x-amz-checksum-type")).to.equal("FULL_OBJECT");
      const unasked = await s3.ask("HEAD", `/${Bucket}/${algorithm}`);
      expect(unasked.headers.get(header)).to.equal(null);
    });

    it(`by ${algorithm} that are wrong keep the object out`, async () => {
      const value = (await checksumOf(algorithm, Buffer.from("other"))).toString("base64");
      const put = await s3.ask("PUT", `/${Bucket}/wrong-${algorithm}`, { body, headers: { [header]: value } });
      expect([put.status, put.code]).to.deep.equal([400, "BadDigest"]);
      expect((await s3.ask("GET", `/${Bucket}/wrong-${algorithm}`)).code).to.equal("NoSuchKey");
    });

    it(`by ${algorithm} that are none are refused`, async () => {
      const put = await s3.ask("PUT", `/${Bucket}/none`, { body, headers: { [header]: "bm9uZQ" } });
      expect([put.status, put.code]).to.deep.equal([400, "InvalidRequest"]);
    });
  }

  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"] as const) {
    it(`by ${ChecksumAlgorithm} come in the trailer of a stream, and the SDK checks them on the way back`, async () => {
      const client = s3.client();
      const Body = Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]);
      const input = { Bucket, Key: `stream-${ChecksumAlgorithm}`, Body, ContentLength: body.length, ChecksumAlgorithm };
      const put = await client.send(new PutObjectCommand(input));
      expect(put[`Checksum${ChecksumAlgorithm}`]).to.equal(
        (await checksumOf(ChecksumAlgorithm, body)).toString("base64"),
      );
      const got = await client.send(new GetObjectCommand({ Bucket, Key: input.Key, ChecksumMode: "ENABLED" }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).to.deep.equal(body);
      expect(got.ContentEncoding).to.equal(undefined);
    });
  }

  const refused: [title: string, headers: Record<string, string>, code: string][] = [
    ["two at once", { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-sha1": "x" }, "InvalidRequest"],
    ["an algorithm without a value", { "x-amz-sdk-checksum-algorithm": "CRC32" }, "InvalidRequest"],
    ["a Content-MD5 that is none", { "content-md5": "bm9uZQ==" }, "InvalidDigest"],
    ["a wrong Content-MD5", { "content-md5": createHash("md5").update("other").digest("base64") }, "BadDigest"],
  ];
  for (const [title, headers, code] of refused) {
    it(`are refused for ${title}`, async () => {
      const put = await s3.ask("PUT", `/${Bucket}/refused`, { body, headers });
      expect([put.status, put.code]).to.deep.equal([400, code]);
    });
  }

  it("hold a signed body to its hash", async () => {
    const put = await s3.ask("PUT", `/${Bucket}/refused`, { body, signedBody: "other" });
    expect([put.status, put.code]).to.deep.equal([400, "XAmzContentSHA256Mismatch"]);
    expect((await s3.ask("GET", `/${Bucket}/refused`)).code).to.equal("NoSuchKey");
  });

  it("that the SDK expects are kept by default", async () => {
    const { ChecksumCRC32 } = await s3.client().send(new PutObjectCommand({ Bucket, Key: "default", Body: body }));
    expect(ChecksumCRC32).to.equal((await checksumOf("CRC32", body)).toString("base64"));
    const command = new PutObjectCommand({ Bucket, Key: "wrong", Body: body, ChecksumCRC32: "AAAAAA==" });
    expect(await rejection(s3.client().send(command))).to.include({ name: "BadDigest" });
  });

  it("of parts make that of the whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("CRC32" as const, "CRC32C" as const, "CRC64NVME" as const),
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }),
        async (algorithm, parts) => {
          const crcs = await Promise.all(
            parts.map(async (part) => ({ crc: await checksumOf(algorithm, Buffer.from(part)), size: part.length })),
          );
          expect(combineCrcs(algorithm, crcs)).to.deep.equal(await checksumOf(algorithm, Buffer.concat(parts)));
        },
      ),
    );
  });
});
