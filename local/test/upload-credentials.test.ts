import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-provider-cognito-identity";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { expect } from "chai";
import { decodeJwt } from "jose";
import { resourcesOf } from "../program/recording.ts";
import { samplePhoto } from "../walkthrough.ts";
import { App, tokensOf } from "./support/journey.ts";
import { rejection } from "./support/rejection.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";
import { until } from "./support/until.ts";

const run = promisify(execFile);

interface Access {
  readonly credentials: Credentials;
  /** What the caller may upload under. */
  readonly prefix: string;
}

type Credentials = Readonly<Record<"accessKeyId" | "secretAccessKey" | "sessionToken", string>>;

interface Issued {
  readonly credentials: Credentials & { readonly expiration: string };
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
}

/** The two ways to temporary credentials, as an app of Olga's goes them. */
const sources: Readonly<Record<string, (cloud: TestCloud, olga: App) => Promise<Access>>> = {
  "that the API hands out": (_, olga) => olga.ask<Issued>("POST", "/v1/credentials"),

  async "of the identity pool"(cloud) {
    const { id } = await tokensOf(cloud, "olga");
    const { accessKeyId, secretAccessKey, sessionToken = "" } = await poolCredentials(cloud, id)();
    return { credentials: { accessKeyId, secretAccessKey, sessionToken }, prefix: `uploads/${decodeJwt(id).sub}/` };
  },
};

function poolCredentials(cloud: TestCloud, idToken: string) {
  return fromCognitoIdentityPool({
    identityPoolId: cloud.identityPoolId,
    logins: { [`cognito-idp.${cloud.region}.amazonaws.com/${cloud.userPoolId}`]: idToken },
    clientConfig: { region: cloud.region, endpoint: cloud.identity, maxAttempts: 1 },
  });
}

describe("Temporary credentials for uploads", () => {
  let cloud: TestCloud;
  let olga: App;

  before(async () => {
    cloud = await startTestCloud();
    olga = await App.signIn(cloud, "olga");
  });
  after(() => cloud.stop());

  it("name, from the API, the stack's bucket and the caller's prefix, and live for a quarter of an hour", async () => {
    const issued = await olga.ask<Issued>("POST", "/v1/credentials");
    expect(issued).to.include({ bucket: cloud.bucket, region: cloud.region });
    expect(issued.prefix).to.match(/^uploads\/[0-9a-f-]{36}\/$/);
    const left = new Date(issued.credentials.expiration).getTime() - Date.now();
    expect(left).to.be.greaterThan(0).and.at.most(900_000);
  });

  it("live, from the identity pool, for an hour, and are the same user's whichever session they come from", async () => {
    const [first, second] = await Promise.all([tokensOf(cloud, "olga"), tokensOf(cloud, "olga")]);
    const [one, other] = await Promise.all([poolCredentials(cloud, first.id)(), poolCredentials(cloud, second.id)()]);
    const left = (one.expiration?.getTime() ?? 0) - Date.now();
    expect(left).to.be.greaterThan(3_500_000).and.at.most(3_600_000);
    expect(one.identityId).to.equal(other.identityId);
    const freds = await poolCredentials(cloud, (await tokensOf(cloud, "fred")).id)();
    expect(freds.identityId).not.to.equal(one.identityId);
  });

  it("may not be had from STS by anybody but the API", async () => {
    const roles = resourcesOf(cloud.recording, "aws:iam/role:Role").filter(({ name }) => /upload.*-role$/.test(name));
    expect(roles).to.have.lengthOf(2);
    const { credentials } = await olga.ask<Issued>("POST", "/v1/credentials");
    for (const { outputs } of roles) {
      for (const { accessKeyId, secretAccessKey, sessionToken } of [credentials, cloud.admin]) {
        const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
        const sts = new STSClient({ region: cloud.region, endpoint: cloud.aws, credentials: keys });
        const attempt = sts.send(new AssumeRoleCommand({ RoleArn: String(outputs.arn), RoleSessionName: "mallory" }));
        expect((await rejection(attempt)).name).to.equal("AccessDenied");
      }
    }
  });

  for (const [which, obtain] of Object.entries(sources)) {
    describe(which, () => {
      let access: Access;
      before(async () => {
        access = await obtain(cloud, olga);
      });

      const s3 = () => s3ClientOf(cloud, access.credentials);
      const put = (Key: string, more: object = { IfNoneMatch: "*" }) =>
        s3().send(new PutObjectCommand({ Bucket: cloud.bucket, Key, Body: "x", ...more }));

      it("upload a reserved photo by a stock SDK, which becomes ready as any other", async () => {
        const Body = await readFile(samplePhoto);
        const { photo } = await olga.reserve(Body, "image/jpeg");
        const Key = `${access.prefix}${photo.id}`;
        await s3().send(new PutObjectCommand({ Bucket: cloud.bucket, Key, Body, IfNoneMatch: "*" }));
        expect((await olga.settled(photo.id)).photo.status).to.equal("ready");
      });

      it("upload one in parts by lib-storage", async () => {
        // A JPEG may be followed by anything; the hash and the length are those of all of it.
        const Body = Buffer.concat([await readFile(samplePhoto), Buffer.alloc(11 * 1024 ** 2)]);
        const { photo } = await olga.reserve(Body, "image/jpeg");
        const Key = `${access.prefix}${photo.id}`;
        const params = { Bucket: cloud.bucket, Key, Body, IfNoneMatch: "*" };
        await new Upload({ client: s3(), params, partSize: 5 * 1024 ** 2 }).done();
        expect((await olga.settled(photo.id)).photo.status).to.equal("ready");
      });

      it("upload one by the AWS CLI", async function () {
        const bytes = await readFile(samplePhoto);
        const { photo } = await olga.reserve(bytes, "image/jpeg");
        const { accessKeyId, secretAccessKey, sessionToken } = access.credentials;
        const env = {
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL_S3: cloud.s3,
          AWS_DEFAULT_REGION: cloud.region,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        };
        const target = ["--bucket", cloud.bucket, "--key", `${access.prefix}${photo.id}`];
        const args = ["s3api", "put-object", ...target, "--body", samplePhoto, "--if-none-match", "*"];
        const sent = await run("aws", args, { env }).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT" || process.env.LATCHKEY_REQUIRE_CLIENTS) throw error;
        });
        if (!sent) return this.skip();
        expect((await olga.settled(photo.id)).photo.status).to.equal("ready");
      });

      async function postForm(): Promise<void> {
        const { photo } = await olga.reserve(Buffer.from("x"), "image/jpeg");
        const form = { Bucket: cloud.bucket, Key: `${access.prefix}${photo.id}` };
        const { url, fields } = await createPresignedPost(s3(), form);
        const body = new FormData();
        for (const [name, value] of Object.entries(fields)) body.append(name, value);
        body.append("file", new Blob(["x"]));
        const answer = await fetch(url, { method: "POST", body });
        const [, code = `status ${answer.status}`] = /<Code>(\w+)</.exec(await answer.text()) ?? [];
        throw Object.assign(new Error("S3 answered"), { name: code });
      }

      const refused: Readonly<Record<string, () => Promise<unknown>>> = {
        "put beside another user's uploads": () => put(`uploads/${crypto.randomUUID()}/1`),
        "put where the prefix only begins alike": () => put(`${access.prefix.slice(0, -1)}x/1`),
        "put into media/": () => put("media/1/640.webp"),
        "put into originals/": () => put("originals/1"),
        "put without If-None-Match": () => put(`${access.prefix}1`, {}),
        "post a form, which can't ask that nothing be there": postForm,
        "put into another bucket": () =>
          s3().send(
            new PutObjectCommand({ Bucket: "elsewhere", Key: `${access.prefix}1`, Body: "x", IfNoneMatch: "*" }),
          ),
        "read an upload of their own": () =>
          s3().send(new GetObjectCommand({ Bucket: cloud.bucket, Key: `${access.prefix}1` })),
        "delete an upload of their own": () =>
          s3().send(new DeleteObjectCommand({ Bucket: cloud.bucket, Key: `${access.prefix}1` })),
        "list the bucket": () => s3().send(new ListObjectsV2Command({ Bucket: cloud.bucket, Prefix: access.prefix })),
      };
      for (const [what, attempt] of Object.entries(refused)) {
        it(`may not ${what}`, async () => {
          expect((await rejection(attempt())).name).to.be.oneOf(["AccessDenied", "NoSuchBucket"]);
        });
      }

      it("leave nothing behind under a key that nobody has reserved", async () => {
        const Key = `${access.prefix}${crypto.randomUUID()}`;
        await put(Key);
        const admin = s3ClientOf(cloud);
        await until(async () => {
          const { KeyCount } = await admin.send(new ListObjectsV2Command({ Bucket: cloud.bucket, Prefix: Key }));
          return KeyCount === 0;
        });
      });

      it("take no bytes for a photo that was reserved with others", async () => {
        const reserved = await readFile(samplePhoto);
        const { photo } = await olga.reserve(reserved, "image/jpeg");
        const Body = Buffer.from(reserved);
        Body[Body.length - 3] = (Body.at(-3) ?? 0) ^ 1;
        expect(createHash("sha256").update(Body).digest()).not.to.deep.equal(
          createHash("sha256").update(reserved).digest(),
        );
        const Key = `${access.prefix}${photo.id}`;
        await s3().send(new PutObjectCommand({ Bucket: cloud.bucket, Key, Body, IfNoneMatch: "*" }));
        expect((await olga.settled(photo.id)).photo).to.include({ status: "rejected", reason: "hash-mismatch" });
      });
    });
  }
});
