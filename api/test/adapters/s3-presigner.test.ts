import {
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import fc from "fast-check";
import { type BucketAddress, resolveBucketAddress } from "../../adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../adapters/s3-presigner.ts";
import type { Credentials } from "../../adapters/sigv4-session.ts";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { only } from "../../domain/outcome.ts";
import {
  aHash,
  aKey,
  aLifetime,
  anEndpoint,
  anUpload,
  aSigningTime,
  credentialsOf,
} from "./support/signing-arbitraries.ts";

const now = new Date("2026-03-01T12:00:00Z");
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const credentials: Credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "an example of a secret key" };
const bucket: BucketAddress = {
  name: "photos",
  origin: "https://photos.s3.eu-central-1.amazonaws.com",
  host: "photos.s3.eu-central-1.amazonaws.com",
  path: "",
  region: "eu-central-1",
};
const presigner = createS3Presigner({ bucket, credentials: async () => credentials, now: () => now });
const upload = { key: "uploads/olga/0195", contentType: "image/jpeg", size: 3 };

describe("S3 presigner", () => {
  it("presigns an upload byte for byte as the SDK does", () =>
    fc.assert(
      fc.asyncProperty(
        anUpload,
        credentialsOf,
        aSigningTime,
        aLifetime,
        anEndpoint,
        async (upload, credentials, now, expiresIn, endpoint) => {
          const { ours, client } = await sideBySide(credentials, now, endpoint);
          const expiresAt = new Date(now.getTime() + expiresIn * 1000);
          const presigned = only(await ours.put([upload], expiresAt));
          const command = new PutObjectCommand({
            Bucket: "photos",
            Key: upload.key,
            ContentType: upload.contentType,
            ContentLength: upload.size,
            IfNoneMatch: "*",
            ChecksumSHA256: upload.sha256,
          });
          const theirs = await getSignedUrl(client, command, {
            signingDate: now,
            expiresIn,
            signableHeaders: new Set(["host", ...Object.keys(presigned.headers)]),
            unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
          });
          expect(parts(presigned.url)).to.deep.equal(parts(theirs));
          expect(presigned.expiresAt).to.deep.equal(expiresAt);
        },
      ),
    ));

  it("presigns a deletion byte for byte as the SDK does", () =>
    fc.assert(
      fc.asyncProperty(
        aKey,
        credentialsOf,
        aSigningTime,
        aLifetime,
        anEndpoint,
        async (key, credentials, now, expiresIn, endpoint) => {
          const { ours, client } = await sideBySide(credentials, now, endpoint);
          const presigned = await ours.delete({ key }, new Date(now.getTime() + expiresIn * 1000));
          const command = new DeleteObjectCommand({ Bucket: "photos", Key: key });
          const theirs = await getSignedUrl(client, command, { signingDate: now, expiresIn });
          expect(parts(presigned.url)).to.deep.equal(parts(theirs));
        },
      ),
    ));

  it("presigns parts byte for byte as the SDK does", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({ key: aKey, uploadId: fc.string({ minLength: 1 }).filter((id) => id.trim() !== "") }),
        fc.record(
          { partNumber: fc.integer({ min: 1, max: 10_000 }), size: fc.nat(), sha256: aHash },
          { requiredKeys: ["partNumber", "size"] },
        ),
        credentialsOf,
        aSigningTime,
        aLifetime,
        anEndpoint,
        async (upload, part, credentials, now, expiresIn, endpoint) => {
          const { ours, client } = await sideBySide(credentials, now, endpoint);
          const presigned = only(await ours.parts(upload, [part], new Date(now.getTime() + expiresIn * 1000)));
          expect(presigned.partNumber).to.equal(part.partNumber);
          const command = new UploadPartCommand({
            Bucket: "photos",
            Key: upload.key,
            UploadId: upload.uploadId,
            PartNumber: part.partNumber,
            ContentLength: part.size,
            ChecksumSHA256: part.sha256,
          });
          const signableHeaders = new Set(["host", ...Object.keys(presigned.headers)]);
          const unhoistableHeaders = new Set(["x-amz-checksum-sha256"]);
          const theirs = await getSignedUrl(client, command, {
            signingDate: now,
            expiresIn,
            signableHeaders,
            unhoistableHeaders,
          });
          expect(parts(presigned.url)).to.deep.equal(parts(theirs));
        },
      ),
    ));

  it("refuses to leave the length of a PUT open, as a form may", async () => {
    const open = { ...upload, unsized: true } as const;
    const error: unknown = await presigner.put([open], inMinutes(15)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
    const { fields } = only(await presigner.post([open], inMinutes(15)));
    expect(JSON.parse(atob(fields.Policy ?? "")).conditions).to.deep.include(["content-length-range", 1, upload.size]);
  });

  it("tells the app every header that it signed, save the host", async () => {
    const sha256 = Buffer.alloc(32, 7).toString("base64");
    const { method, url, headers } = only(await presigner.put([{ ...upload, sha256 }], inMinutes(15)));
    expect(method).to.equal("PUT");
    expect(headers).to.deep.equal({
      "content-length": "3",
      "content-type": "image/jpeg",
      "if-none-match": "*",
      "x-amz-checksum-sha256": sha256,
    });
    expect(new URL(url).searchParams.get("X-Amz-SignedHeaders")?.split(";")).to.have.members([
      "host",
      ...Object.keys(headers),
    ]);
  });

  it("presigns a list of uploads in its order, and none of it when one can't be", async () => {
    const keys = ["uploads/olga/0195", "uploads/olga/0196"];
    const uploads = keys.map((key) => ({ ...upload, key }));
    const paths = (await presigner.put(uploads, inMinutes(15))).map(({ url }) => new URL(url).pathname.slice(1));
    expect(paths).to.deep.equal(keys);
    const error = await presigner.put([...uploads, { ...upload, size: -1 }], inMinutes(15)).catch((error) => error);
    expect(error).to.be.instanceOf(RangeError);
  });

  it("never promises more time than the credentials have left", async () => {
    const expiring = createS3Presigner({
      bucket,
      credentials: async () => ({ ...credentials, expiration: inMinutes(4) }),
      now: () => now,
    });
    const { url, expiresAt } = only(await expiring.put([upload], inMinutes(15)));
    expect(expiresAt).to.deep.equal(inMinutes(4));
    expect(new URL(url).searchParams.get("X-Amz-Expires")).to.equal("240");
  });

  it("signs with new credentials and for a new day as soon as they come", async () => {
    let current = credentials;
    let clock = now;
    const long = createS3Presigner({ bucket, credentials: async () => current, now: () => clock });
    const fresh = () => createS3Presigner({ bucket, credentials: async () => current, now: () => clock });
    await long.delete(upload, inMinutes(1));
    current = { ...credentials, secretAccessKey: "another secret", sessionToken: "a token" };
    expect(await long.delete(upload, inMinutes(1))).to.deep.equal(await fresh().delete(upload, inMinutes(1)));
    clock = new Date("2026-03-02T00:00:00Z");
    const tomorrow = new Date("2026-03-02T00:15:00Z");
    expect(await long.delete(upload, tomorrow)).to.deep.equal(await fresh().delete(upload, tomorrow));
  });

  it("reports credentials that can't be had as a dependency, and not as the viewer's fault", async () => {
    const without = createS3Presigner({ bucket, credentials: () => Promise.reject(new Error("no role")) });
    expect(await without.delete(upload, inMinutes(15)).catch((error) => error)).to.be.instanceOf(
      DependencyUnavailableError,
    );
  });

  const refused: [string, Partial<typeof upload & { sha256: string }>, Date, string][] = [
    ["a negative size", { size: -1 }, inMinutes(15), "whole bytes"],
    ["a fractional size", { size: 1.5 }, inMinutes(15), "whole bytes"],
    ["a size past 2^53", { size: 2 ** 53 }, inMinutes(15), "whole bytes"],
    ["a content type with a line break", { contentType: "image/jpeg\r\nx: y" }, inMinutes(15), "media type"],
    ["a hash in hexadecimal", { sha256: "00".repeat(32) }, inMinutes(15), "base64 of 32 bytes"],
    [
      "a key that clients would resolve",
      { key: "uploads/../originals/0195" },
      inMinutes(15),
      "segment can't be presigned",
    ],
    ["an expiry that is past", {}, inMinutes(-1), "lives between"],
    ["an expiry over a week away", {}, inMinutes(7 * 24 * 60 + 1), "lives between"],
    ["an invalid expiry", {}, new Date(Number.NaN), "lives between"],
  ];
  for (const [title, change, expiresAt, message] of refused) {
    it(`refuses ${title}`, async () => {
      const error: unknown = await presigner.put([{ ...upload, ...change }], expiresAt).catch((error) => error);
      expect(error).to.be.instanceOf(Error).with.property("message").that.includes(message);
    });
  }
});

async function sideBySide(credentials: Credentials, now: Date, endpoint: S3ClientConfig) {
  const client = new S3Client({ ...endpoint, credentials, requestChecksumCalculation: "WHEN_REQUIRED" });
  const bucket = await resolveBucketAddress(client, "photos");
  return { client, ours: createS3Presigner({ bucket, credentials: async () => credentials, now: () => now }) };
}

/** The URL with its arguments sorted: their order on the wire means nothing, and the SDK's is its own. */
function parts(url: string): { address: string | undefined; query: string[] } {
  const [address, query = ""] = url.split("?");
  return { address, query: query.split("&").sort() };
}
