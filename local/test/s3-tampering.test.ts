import { createHash } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "sealed";
const body = Buffer.from("the bytes that were promised");
const sha256 = createHash("sha256").update(body).digest("base64");
const week = 7 * 24 * 60 * 60;

interface Tampering {
  readonly method?: string;
  readonly change?: (url: URL) => void;
  readonly headers?: Record<string, string>;
  /** A header that was signed and is not sent. */
  readonly without?: string;
  readonly body?: Buffer;
  /** Seconds that pass between signing and using. */
  readonly after?: number;
}

/** What the platform signs for an upload: this key, length, type and hash, once, for fifteen minutes. */
async function presignedUpload(s3: TestS3, Key: string) {
  const command = new PutObjectCommand({
    Bucket,
    Key,
    ContentLength: body.length,
    ContentType: "image/jpeg",
    ChecksumSHA256: sha256,
    IfNoneMatch: "*",
  });
  const url = await getSignedUrl(s3.client(undefined, { requestChecksumCalculation: "WHEN_REQUIRED" }), command, {
    expiresIn: 900,
    signableHeaders: new Set(["content-type", "content-length", "if-none-match"]),
    unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
  });
  const headers = { "content-type": "image/jpeg", "x-amz-checksum-sha256": sha256, "if-none-match": "*" };
  return { url: new URL(url), headers };
}

describe("A presigned upload to the local S3", () => {
  let clock = 0;
  let s3: TestS3;
  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket), { now: () => new Date(Date.now() + clock) });
  });
  beforeEach(() => {
    clock = 0;
  });
  after(() => s3.close());

  const use = async (Key: string, tampering: Tampering = {}) => {
    const { url, headers } = await presignedUpload(s3, Key);
    tampering.change?.(url);
    clock = (tampering.after ?? 0) * 1000;
    const answer = await fetch(url, {
      method: tampering.method ?? "PUT",
      headers: Object.entries({ ...headers, ...tampering.headers }).filter(([name]) => name !== tampering.without),
      ...(tampering.method !== "GET" && { body: tampering.body ?? body }),
    });
    const text = await answer.text();
    clock = 0;
    return { status: answer.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1], text };
  };

  it("is good as it was signed, and once", async () => {
    const { url, headers } = await presignedUpload(s3, "once");
    const upload = () => fetch(url, { method: "PUT", headers, body });
    expect((await upload()).status).to.equal(200);
    const again = await upload();
    expect(again.status).to.equal(412);
    expect(await again.text()).to.include("<Code>PreconditionFailed</Code>");
    const stored = await s3.client().send(new GetObjectCommand({ Bucket, Key: "once" }));
    expect(await stored.Body?.transformToString()).to.equal(body.toString());
    expect(stored.ContentType).to.equal("image/jpeg");
  });

  it("is good to its last second", async () => {
    expect(await use("last-second", { after: 899 })).to.include({ status: 200 });
  });

  const set = (name: string, value: string) => (url: URL) => url.searchParams.set(name, value);
  const anotherAccessKey = (url: URL) => {
    const credential = url.searchParams.get("X-Amz-Credential") ?? "";
    url.searchParams.set("X-Amz-Credential", credential.replace(/^[^/]+/, "AKIAAAAAAAAAAAAAAAAA"));
  };
  const tamperings: [title: string, tampering: Tampering, status: number, code: string][] = [
    ["its signature is another", { change: set("X-Amz-Signature", "0".repeat(64)) }, 403, "SignatureDoesNotMatch"],
    ["its time is over", { after: 901 }, 403, "AccessDenied"],
    ["its time was made longer", { change: set("X-Amz-Expires", "3600") }, 403, "SignatureDoesNotMatch"],
    [
      "it would be good for more than a week",
      { change: set("X-Amz-Expires", String(week + 1)) },
      400,
      "AuthorizationQueryParametersError",
    ],
    ["it comes from the future", { after: -3600 }, 403, "AccessDenied"],
    ["the key is another", { change: (url) => (url.pathname += "x") }, 403, "SignatureDoesNotMatch"],
    ["the bucket is another", { change: (url) => (url.pathname = "/other/key") }, 403, "SignatureDoesNotMatch"],
    ["the method is another", { method: "DELETE" }, 403, "SignatureDoesNotMatch"],
    ["the method is GET", { method: "GET" }, 403, "SignatureDoesNotMatch"],
    ["the content type is another", { headers: { "content-type": "text/html" } }, 403, "SignatureDoesNotMatch"],
    [
      "the promised hash is another",
      { headers: { "x-amz-checksum-sha256": `${"A".repeat(43)}=` } },
      403,
      "SignatureDoesNotMatch",
    ],
    ["the condition is gone", { without: "if-none-match" }, 403, "SignatureDoesNotMatch"],
    ["an x-amz- header was added", { headers: { "x-amz-meta-a": "b" } }, 403, "AccessDenied"],
    ["an ACL was added", { headers: { "x-amz-acl": "public-read" } }, 403, "AccessDenied"],
    ["a parameter was added", { change: set("versionId", "1") }, 403, "SignatureDoesNotMatch"],
    ["the access key is another", { change: anotherAccessKey }, 403, "InvalidAccessKeyId"],
    ["the bytes are longer", { body: Buffer.concat([body, body]) }, 403, "SignatureDoesNotMatch"],
    ["the bytes are others of the same length", { body: Buffer.alloc(body.length) }, 400, "BadDigest"],
  ];
  for (const [title, tampering, status, code] of tamperings) {
    it(`is refused with ${status} ${code} when ${title}`, async () => {
      const answer = await use("tampered", tampering);
      expect({ status: answer.status, code: answer.code }).to.deep.equal({ status, code });
      expect(answer.text).to.not.include(s3.account.admin.secretAccessKey);
      const stored = await s3.ask("GET", `/${Bucket}/tampered`);
      expect(stored.code).to.equal("NoSuchKey");
    });
  }

  it("may carry the checksum of nothing in its query, as SDKs presign by default", async () => {
    const url = await getSignedUrl(s3.client(), new PutObjectCommand({ Bucket, Key: "hoisted" }));
    expect(new URL(url).searchParams.get("x-amz-checksum-crc32")).to.equal("AAAAAA==");
    expect((await fetch(url, { method: "PUT", body })).status).to.equal(200);
  });

  it("never leaves its signature in the log", async () => {
    const { url } = await presignedUpload(s3, "logged");
    await fetch(url, { method: "DELETE" });
    expect(s3.logged.join("\n")).to.include("/sealed/logged").and.not.include(url.searchParams.get("X-Amz-Signature"));
  });
});
