import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import type { PolicyStatement } from "../iam/types.ts";
import { recorded } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn } from "./support/test-account.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const distribution = "arn:aws:cloudfront::000000000000:distribution/E1";
const bucketArn = "arn:aws:s3:::policed";
const deny = (Action: string, prefix: string, Condition: PolicyStatement["Condition"]): PolicyStatement => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: `${bucketArn}/${prefix}/*`,
  ...(Condition && { Condition }),
});

describe("A bucket's policy in the local S3", () => {
  const Bucket = "policed";
  let clock = 0;
  let s3: TestS3;
  const put = (Key: string, input: Partial<PutObjectCommandInput> = {}) =>
    s3.client().send(new PutObjectCommand({ Bucket, Key, Body: "x", ...input }));

  before(async () => {
    s3 = await startTestS3(
      [
        ...recordedBucket(Bucket, {
          policy: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "s3:GetObject",
              Resource: `${bucketArn}/media/*`,
              Condition: { StringEquals: { "aws:SourceArn": distribution } },
            },
            { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${bucketArn}/public/*` },
            deny("s3:*", "insecure", { Bool: { "aws:SecureTransport": "false" } }),
            deny("s3:*", "old-tls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
            deny("s3:PutObject", "uploads", {
              Null: { "s3:if-none-match": "true" },
              Bool: { "s3:ObjectCreationOperation": "true" },
            }),
            deny("s3:PutObject", "encrypted", {
              Null: { "s3:x-amz-server-side-encryption": "false" },
              StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" },
            }),
            deny("s3:*", "fresh", { NumericGreaterThan: { "s3:signatureAge": "60000" } }),
            deny("s3:*", "headers", { StringEquals: { "s3:authType": "REST-QUERY-STRING" } }),
            deny("s3:PutObject", "signed", { StringEquals: { "s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
            deny("s3:PutObject", "owned", { StringNotEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } }),
            deny("s3:PutObject", "team", { StringNotEquals: { "s3:RequestObjectTag/team": "red" } }),
            deny("s3:GetObject", "scanned", { StringNotEquals: { "s3:ExistingObjectTag/scan": "clean" } }),
            deny("s3:*", "elsewhere", { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } }),
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:ListBucket",
              Resource: bucketArn,
              Condition: { StringLike: { "s3:prefix": "secret/*" } },
            },
          ],
          publicAccess: { blockPublicPolicy: false, restrictPublicBuckets: false },
        }),
        ...recordedBucket("closed", {
          policy: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
          publicAccess: { blockPublicAcls: true, restrictPublicBuckets: true },
        }),
      ],
      { now: () => new Date(Date.now() + clock) },
    );
  });
  afterEach(() => {
    clock = 0;
  });
  after(() => s3.close());

  const sse = "x-amz-server-side-encryption";
  const writes: [title: string, Key: string, input: Partial<PutObjectCommandInput>, allowed: boolean][] = [
    ["over TLS, for which loopback stands", "insecure/x", {}, true],
    ["by TLS 1.3", "old-tls/x", {}, true],
    ["with If-None-Match in quarantine", "uploads/a", { IfNoneMatch: "*" }, true],
    ["without If-None-Match in quarantine", "uploads/b", {}, false],
    ["under the bucket's default encryption", "encrypted/x", {}, true],
    ["under the encryption that is demanded", "encrypted/x", { ServerSideEncryption: "AES256" }, true],
    [`under another ${sse}`, "encrypted/x", { ServerSideEncryption: "aws:kms" }, false],
    ["with an owner's ACL", "owned/x", { ACL: "bucket-owner-full-control" }, true],
    ["without an owner's ACL", "owned/x", {}, false],
    ["with the tag that is demanded", "team/x", { Tagging: "team=red" }, true],
    ["with another value of the tag", "team/x", { Tagging: "team=blue" }, false],
    ["from this machine", "elsewhere/x", {}, true],
    ["that is signed with its body", "signed/x", {}, true],
  ];
  for (const [title, Key, input, allowed] of writes) {
    it(`${allowed ? "lets in" : "keeps out"} a write ${title}`, async () => {
      if (allowed) await put(Key, input);
      else expect(await rejection(put(Key, input))).to.include({ name: "AccessDenied" });
    });
  }

  it("lets parts into quarantine without If-None-Match, but not the object that they make", async () => {
    const client = s3.client();
    const target = { Bucket, Key: "uploads/parts" };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }));
    const complete = { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    const refused = await rejection(client.send(new CompleteMultipartUploadCommand(complete)));
    expect(refused).to.include({ name: "AccessDenied" });
    await client.send(new CompleteMultipartUploadCommand({ ...complete, IfNoneMatch: "*" }));
  });

  const presigned: [title: string, Key: string, seconds: number, status: number][] = [
    ["young enough", "fresh/x", 59, 200],
    ["older than the policy allows, though not expired", "fresh/x", 61, 403],
    ["in the query where only headers may sign", "headers/x", 0, 403],
    ["that leaves the body open where it must be signed", "signed/x", 0, 403],
  ];
  for (const [title, Key, seconds, status] of presigned) {
    it(`answers ${status} to a signature ${title}`, async () => {
      const url = await getSignedUrl(s3.client(), new PutObjectCommand({ Bucket, Key }), { expiresIn: 900 });
      clock = seconds * 1000;
      expect((await fetch(url, { method: "PUT", body: "x" })).status).to.equal(status);
    });
  }

  it("sees the tags that an object has", async () => {
    await put("scanned/clean", { Tagging: "scan=clean" });
    await put("scanned/dirty", { Tagging: "scan=threat" });
    const get = (Key: string) => s3.client().send(new GetObjectCommand({ Bucket, Key }));
    expect(await (await get("scanned/clean")).Body?.transformToString()).to.equal("x");
    expect(await rejection(get("scanned/dirty"))).to.include({ name: "AccessDenied" });
    const copy = new CopyObjectCommand({ Bucket, Key: "copied", CopySource: `${Bucket}/scanned/dirty` });
    expect(await rejection(s3.client().send(copy))).to.include({ name: "AccessDenied" });
  });

  it("sees the prefix that is listed", async () => {
    const list = (Prefix?: string) => s3.client().send(new ListObjectsV2Command({ Bucket, Prefix }));
    expect((await list("media/")).$metadata.httpStatusCode).to.equal(200);
    expect(await rejection(list("secret/1"))).to.include({ name: "AccessDenied" });
  });

  it("lets CloudFront read for one distribution, and only what it is for", async () => {
    await put("media/photo");
    await put("uploads/photo", { IfNoneMatch: "*" });
    const get = (Key: string, sourceArn: string) => {
      const credentials = s3.account.serviceCredentials("cloudfront.amazonaws.com", sourceArn);
      return s3.ask("GET", `/${Bucket}/${Key}`, { credentials });
    };
    expect((await get("media/photo", distribution)).status).to.equal(200);
    expect((await get("media/photo", `${distribution}X`)).code).to.equal("AccessDenied");
    expect((await get("uploads/photo", distribution)).code).to.equal("AccessDenied");
    expect((await get("media/absent", distribution)).code).to.equal("AccessDenied");
  });

  it("lets everyone in where it says so and the bucket is not closed to the public", async () => {
    await put("public/x");
    await put("private/x");
    expect((await s3.ask("GET", `/${Bucket}/public/x`, { credentials: "anonymous" })).status).to.equal(200);
    expect((await s3.ask("GET", `/${Bucket}/private/x`, { credentials: "anonymous" })).code).to.equal("AccessDenied");
  });

  it("lets nobody in without a signature where the bucket is closed to the public", async () => {
    await put("x", { Bucket: "closed" });
    for (const [method, path] of [
      ["GET", "/closed/x"],
      ["GET", "/closed"],
      ["DELETE", "/closed/x"],
    ] as const) {
      expect((await s3.ask(method, path, { credentials: "anonymous" })).code).to.equal("AccessDenied");
    }
  });
});

describe("A customer's KMS key in the local S3", () => {
  const keyArn = "arn:aws:kms:eu-central-1:000000000000:key/11111111-2222-3333-4444-555555555555";
  const accountRoot = "arn:aws:iam::000000000000:root";
  const s3Only = { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } };
  const on = (Bucket: string, Key: string) => ({ Bucket, Key });
  let s3: TestS3;

  before(async () => {
    const allow = (name: string, kms: readonly string[], Condition?: PolicyStatement["Condition"]) =>
      recordedRole(name, [
        { Effect: "Allow", Action: "s3:*", Resource: "*" },
        ...(kms.length === 0
          ? []
          : [{ Effect: "Allow" as const, Action: kms, Resource: keyArn, ...(Condition && { Condition }) }]),
      ]);
    s3 = await startTestS3([
      recorded("aws:kms/key:Key", "key", {}, { id: keyArn.slice(-36), arn: keyArn }),
      recorded("aws:kms/keyPolicy:KeyPolicy", "key-policy", {
        keyId: keyArn.slice(-36),
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { AWS: accountRoot }, Action: "kms:*", Resource: "*" },
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "kms:Decrypt",
              Resource: "*",
              Condition: { StringEquals: { "aws:SourceArn": distribution } },
            },
          ],
        }),
      }),
      recorded("aws:kms/alias:Alias", "alias", { name: "alias/media", targetKeyId: keyArn.slice(-36) }),
      ...recordedBucket("locked", {
        policy: [
          {
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: "*",
          },
        ],
        encryption: {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          bucketKeyEnabled: true,
        },
      }),
      ...recordedBucket("open"),
      ...allow("no-key", []),
      ...allow("encrypts", ["kms:GenerateDataKey"], s3Only),
      ...allow("decrypts", ["kms:Decrypt"], s3Only),
      ...allow("both", ["kms:GenerateDataKey", "kms:Decrypt"], s3Only),
      ...allow("elsewhere", ["kms:*"], { StringEquals: { "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" } }),
    ]);
    await s3.client().send(new PutObjectCommand({ ...on("locked", "there"), Body: "bytes" }));
  });
  after(() => s3.close());

  const as = (role: string) => s3.client(s3.account.sessionFor(roleArn(role)));
  const put = (role: string) => as(role).send(new PutObjectCommand({ ...on("locked", "x"), Body: "bytes" }));
  const get = (role: string) => as(role).send(new GetObjectCommand(on("locked", "there")));

  for (const role of ["encrypts", "both"]) {
    it(`encrypts for a role that ${role}`, async () => {
      const written = await put(role);
      expect(written).to.include({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn, BucketKeyEnabled: true });
    });
  }
  for (const role of ["no-key", "decrypts", "elsewhere"]) {
    it(`does not encrypt for a role that has only ${role}`, async () => {
      expect(await rejection(put(role))).to.include({ name: "AccessDenied" });
    });
  }
  for (const role of ["decrypts", "both"]) {
    it(`decrypts for a role that ${role}`, async () => {
      expect(await (await get(role)).Body?.transformToString()).to.equal("bytes");
    });
  }
  for (const role of ["no-key", "encrypts", "elsewhere"]) {
    it(`does not decrypt for a role that has only ${role}`, async () => {
      expect(await rejection(get(role))).to.include({ name: "AccessDenied" });
    });
  }

  it("is asked for an object's bytes and its checksum, not for what else is known of it", async () => {
    const head = (ChecksumMode?: "ENABLED") =>
      as("no-key").send(new HeadObjectCommand({ ...on("locked", "there"), ChecksumMode }));
    expect(await head()).to.include({ ContentLength: 5, SSEKMSKeyId: keyArn });
    expect(await rejection(head("ENABLED"))).to.have.nested.property("$metadata.httpStatusCode", 403);
  });

  it("decrypts for CloudFront in the name of the distribution that the key's policy names", async () => {
    const ask = (sourceArn: string) =>
      s3.ask("GET", "/locked/there", {
        credentials: s3.account.serviceCredentials("cloudfront.amazonaws.com", sourceArn),
      });
    expect((await ask(distribution)).status).to.equal(200);
    expect((await ask(`${distribution}X`)).code).to.equal("AccessDenied");
  });

  it("is found by its alias, and gives entity tags that say nothing of the bytes", async () => {
    const client = s3.client();
    const put = async () =>
      client.send(
        new PutObjectCommand({
          ...on("open", "asked"),
          Body: "bytes",
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: "alias/media",
        }),
      );
    const [first, second] = [await put(), await put()];
    expect(first.SSEKMSKeyId).to.equal(keyArn);
    expect(first.ETag)
      .to.match(/^"[0-9a-f]{32}"$/)
      .and.not.equal(second.ETag);
  });

  it("needs a role that may both encrypt and decrypt for a multipart upload", async () => {
    const target = on("locked", "parts");
    const upload = async (role: string) => {
      const client = as(role);
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      return client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    };
    expect(await rejection(upload("encrypts"))).to.include({ name: "AccessDenied" });
    expect(await upload("both")).to.include({ SSEKMSKeyId: keyArn });
  });
});
