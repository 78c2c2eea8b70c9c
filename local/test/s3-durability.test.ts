import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { createAccount } from "../iam/account.ts";
import { startS3 } from "../s3/s3.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

/** The files that hold objects' bytes. */
async function contentFiles(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, "contents"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Resolves once `check` does not fail any more. */
async function eventually(check: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await check();
      return;
    } catch {
      await delay(5);
    }
  }
}

describe("The local S3's data", () => {
  const Bucket = "kept";
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startTestS3(recordedBucket(Bucket));
  });
  afterEach(() => s3.close());
  const put = (Key: string, Body: Buffer | string) => s3.client().send(new PutObjectCommand({ Bucket, Key, Body }));
  const get = async (Key: string) => {
    const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
    return Body?.transformToString();
  };

  it("survive a restart: objects, scratch buckets and uploads under way", async () => {
    await put("x", "bytes");
    await s3.client().send(new CreateBucketCommand({ Bucket: "scratch" }));
    const target = { Bucket, Key: "parts" };
    const { UploadId } = await s3.client().send(new CreateMultipartUploadCommand(target));
    await s3.client().send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "part" }));
    const before = await s3.client().send(new ListBucketsCommand());
    await s3.restart();
    expect(await get("x")).to.equal("bytes");
    const { Parts } = await s3.client().send(new ListPartsCommand({ ...target, UploadId }));
    expect(Parts).to.have.length(1);
    expect((await s3.client().send(new ListBucketsCommand())).Buckets).to.deep.equal(before.Buckets);
  });

  it("hold one file for each object, none for what was written over, deleted or refused", async () => {
    await put("x", "first");
    await put("x", "second");
    await put("gone", "bytes");
    await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
    const refused = { Bucket, Key: "x", Body: "third", IfNoneMatch: "*" };
    await rejection(s3.client().send(new PutObjectCommand(refused)));
    await rejection(s3.client().send(new PutObjectCommand({ Bucket, Key: "y", Body: "x", ChecksumCRC32: "AAAAAA==" })));
    await eventually(async () => expect(await contentFiles(s3.dataDir)).to.have.length(1));
    expect(await get("x")).to.equal("second");
  });

  it("hold nothing of an upload whose client went away", async () => {
    const url = new URL(`/${Bucket}/broken`, s3.url);
    const headers = signHeaders({
      ...{ method: "PUT", url, credentials: s3.account.admin, service: "s3", region: "eu-central-1", now: new Date() },
      ...{ headers: { "content-length": "1000000" }, payloadHash: "UNSIGNED-PAYLOAD" },
    });
    const upload = request(url, { method: "PUT", headers }).on("error", () => {});
    upload.write(Buffer.alloc(500_000));
    await eventually(async () => expect(await contentFiles(s3.dataDir)).to.have.length(1));
    upload.destroy();
    await eventually(async () => expect(await contentFiles(s3.dataDir)).to.have.length(0));
    expect((await s3.ask("GET", `/${Bucket}/broken`)).code).to.equal("NoSuchKey");
  });

  it("stay whole for who is reading them while they are deleted", async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    await put("read", bytes);
    const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key: "read" }));
    await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "read" }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).to.equal(true);
    await eventually(async () => expect(await contentFiles(s3.dataDir)).to.have.length(0));
  });

  it("are cleared at the start of what a crash left behind", async () => {
    await put("x", "bytes");
    const [kept = ""] = await contentFiles(s3.dataDir);
    await s3.s3.close();
    await writeFile(join(s3.dataDir, "contents", "ab", `ab${"0".repeat(30)}`), "leftover");
    await s3.reopen();
    expect(await contentFiles(s3.dataDir)).to.deep.equal([kept]);
    expect(await get("x")).to.equal("bytes");
  });

  it("belong to one process at a time", async () => {
    const again = startTestS3([], { dataDir: s3.dataDir });
    expect((await rejection(again)).message)
      .to.include("database is locked")
      .and.include("--data DIR");
  });
});

describe("A damaged data folder of the local S3", () => {
  const damages: [title: string, content: Buffer | string][] = [
    ["is no database", "this was a database once"],
    ["was cut short", Buffer.from("SQLite format 3\0")],
    ["was written over in the middle", Buffer.concat([Buffer.from("SQLite format 3\0"), randomBytes(8192)])],
  ];
  for (const [title, content] of damages) {
    it(`is refused with what to do when the file ${title}`, async () => {
      const dataDir = await mkdtemp(join(tmpdir(), "latchkey-s3-"));
      await writeFile(join(dataDir, "s3.sqlite"), content);
      const { message } = await rejection(startTestS3([], { dataDir }));
      expect(message).to.match(
        /cannot use .*s3\.sqlite \(.+\): move its folder away, or start with another one by --data DIR/,
      );
      await rm(dataDir, { recursive: true });
    });
  }

  it("is refused when a file lies where it belongs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchkey-s3-"));
    const dataDir = join(folder, "file");
    await writeFile(dataDir, "");
    const context = {
      ...{ recording: recordingOf(), dataDir, credentials: () => undefined, now: () => new Date(), log: () => {} },
      ...{ authorize: () => ({ allowed: false, reason: "" }), deliver: async () => {} },
    };
    expect((await rejection(startS3(context, { port: 0, host: "127.0.0.1" }))).message).to.include("--data DIR");
    await rm(folder, { recursive: true });
  });
});

describe("The local S3, killed in the middle of its work", () => {
  const Bucket = "crashed";
  let child: ChildProcess;
  after(() => child.kill("SIGKILL"));

  it("has every object that it acknowledged, whole, and tells of each when it is back", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "latchkey-s3-"));
    const script = fileURLToPath(new URL("support/s3-crashing-server.ts", import.meta.url));
    child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    if (!child.stdout) throw new Error("the child has no stdout");
    const [line] = await once(child.stdout, "data");
    // The administrator's key is in the folder by now: this account is the child's.
    const credentials = createAccount({ recording: recordingOf(), dataDir, now: () => new Date() }).admin;
    const client = new S3Client({ region: "eu-central-1", endpoint: String(line).trim(), credentials, maxAttempts: 1 });

    const acknowledged: string[] = [];
    const writer = async (name: string) => {
      for (let count = 0; ; count++) {
        const Key = `${name}-${count}`;
        await client.send(new PutObjectCommand({ Bucket, Key, Body: Key.repeat(5000) }));
        acknowledged.push(Key);
        if (acknowledged.length === 40) child.kill("SIGKILL");
      }
    };
    await Promise.allSettled(["a", "b", "c", "d"].map(writer));
    client.destroy();

    const queues = [{ queueArn: "arn:aws:sqs:eu-central-1:000000000000:queue", events: ["s3:ObjectCreated:*"] }];
    // The events were postponed a little when the queue would not take them.
    const later = () => new Date(Date.now() + 120_000);
    const s3 = await startTestS3(recordedBucket(Bucket, { queues }), { dataDir, now: later });
    const { Contents = [] } = await s3.client().send(new ListObjectsV2Command({ Bucket }));
    const keys = Contents.map(({ Key = "" }) => Key);
    expect(keys).to.include.members(acknowledged);
    for (const Key of keys) {
      const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
      expect((await Body?.transformToString()) === Key.repeat(5000)).to.equal(true);
    }
    expect(await contentFiles(dataDir)).to.have.length(keys.length);
    await eventually(async () => {
      const told = s3.deliveries.map(({ body }) => JSON.parse(body).Records[0].s3.object.key);
      expect(told).to.include.members(keys);
    });
    await s3.close();
  });
});
