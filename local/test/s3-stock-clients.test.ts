import { execFile, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const mebibyte = 1024 * 1024;
/** Large enough that every client takes it apart. */
const large = randomBytes(20 * mebibyte);
const files: Readonly<Record<string, Buffer>> = {
  "plain.txt": Buffer.from("plain"),
  "with space+plus&and=more.txt": Buffer.from("odd"),
  "ü/ñ/日本.txt": Buffer.from("unicode"),
  "deep/er/empty": Buffer.alloc(0),
  "large.bin": large,
};
const manyKeys = Array.from({ length: 1005 }, (_, index) => `n/${String(index).padStart(4, "0")}`);

/** Runs a client's command, with an environment of nothing but what it needs; resolves to its stdout. */
type Run = (...parameters: string[]) => Promise<string>;

interface Bench {
  readonly s3: TestS3;
  readonly bucket: string;
  readonly run: Run;
  /** The tree to send, and a folder to receive it in. */
  readonly up: string;
  readonly down: string;
}

/** A suite for a client of another language, against a scratch bucket of its own; skipped where the client is absent. */
function describeClient(name: string, command: string, probe: readonly string[], define: (bench: () => Bench) => void) {
  const isPresent = spawnSync(command, [...probe], { stdio: "ignore" }).status === 0;
  const isRequired = process.env.LATCHKEY_REQUIRE_CLIENTS === "1";
  const title = `${name} with the local S3`;
  if (!isPresent && !isRequired) {
    describe.skip(`${title} (skipped: ${command} ${probe.join(" ")} does not work here)`, () => define(absent));
    return;
  }
  describe(title, () => {
    let bench: Bench;
    before(async () => {
      expect(isPresent, `${name} must be installed: LATCHKEY_REQUIRE_CLIENTS is 1`).to.equal(true);
      bench = await openBench(command);
    });
    after(async () => {
      await rm(join(bench.up, ".."), { recursive: true });
      await bench.s3.close();
    });
    define(() => bench);
  });
}

function absent(): never {
  throw new Error("a skipped suite has no bench");
}

async function openBench(command: string): Promise<Bench> {
  const s3 = await startTestS3(recordedBucket("declared"));
  const folder = await mkdtemp(join(tmpdir(), "latchkey-clients-"));
  const [up, down, home] = ["up", "down", "home"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [up, down, home]) await mkdir(path);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(up, name, ".."), { recursive: true });
    await writeFile(join(up, name), content);
  }
  const { accessKeyId, secretAccessKey } = s3.account.admin;
  const endpoint = new URL(s3.url);
  await writeFile(
    join(home, ".s3cfg"),
    `[default]\nhost_base = ${endpoint.host}\nhost_bucket = ${endpoint.host}\nuse_https = False\nbucket_location = eu-central-1\n`,
  );
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: "eu-central-1",
    AWS_DEFAULT_REGION: "eu-central-1",
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_EC2_METADATA_DISABLED: "true",
    RCLONE_CONFIG: join(home, "rclone.conf"),
    RCLONE_CONFIG_S3_TYPE: "s3",
    RCLONE_CONFIG_S3_PROVIDER: "Other",
    RCLONE_CONFIG_S3_ENV_AUTH: "true",
    RCLONE_CONFIG_S3_REGION: "eu-central-1",
    RCLONE_CONFIG_S3_ENDPOINT: s3.url,
  };
  const run: Run = async (...parameters) => {
    const options = { env, maxBuffer: 64 * mebibyte, encoding: "utf8" } as const;
    return (await promisify(execFile)(command, parameters, options)).stdout;
  };
  return { s3, bucket: "scratch", run, up, down };
}

/** A folder's files with a hash of each, for comparing trees. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path), hashOf(await readFile(path))] as const;
    });
  return Object.fromEntries(await Promise.all(hashes));
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const sentTree = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, hashOf(content)]));

async function putMany({ s3, bucket }: Bench): Promise<void> {
  const client = s3.client();
  for (let start = 0; start < manyKeys.length; start += 50) {
    const page = manyKeys.slice(start, start + 50);
    await Promise.all(page.map((Key) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))));
  }
}

describeClient("The AWS CLI", "aws", ["--version"], (bench) => {
  it("syncs a tree there and back, and finds nothing to do the second time", async () => {
    const { run, bucket, up, down } = bench();
    await run("s3", "mb", `s3://${bucket}`);
    await run("s3", "sync", up, `s3://${bucket}/tree`, "--no-progress");
    expect(await run("s3", "sync", up, `s3://${bucket}/tree`, "--no-progress")).to.equal("");
    await run("s3", "sync", `s3://${bucket}/tree`, down, "--no-progress");
    expect(await treeOf(down)).to.deep.equal(sentTree);
  });

  it("copies inside S3 and reads a range", async () => {
    const { run, bucket, down } = bench();
    await run("s3", "cp", `s3://${bucket}/tree/large.bin`, `s3://${bucket}/copy.bin`, "--no-progress");
    const target = join(down, "..", "range");
    await run(
      "s3api",
      "get-object",
      "--bucket",
      bucket,
      "--key",
      "copy.bin",
      "--range",
      "bytes=8388600-8388620",
      target,
    );
    expect((await readFile(target)).equals(large.subarray(8388600, 8388621))).to.equal(true);
  });

  it("lists more than a page of keys", async () => {
    await putMany(bench());
    const { run, bucket } = bench();
    const listed = await run("s3", "ls", `s3://${bucket}/n/`);
    expect(
      listed
        .trim()
        .split("\n")
        .map((line) => `n/${line.split(/\s+/).at(-1)}`),
    ).to.deep.equal(manyKeys);
  });

  it("presigns a GET that anybody can use", async () => {
    const { run, bucket } = bench();
    const url = (await run("s3", "presign", `s3://${bucket}/tree/ü/ñ/日本.txt`)).trim();
    expect(await (await fetch(url)).text()).to.equal("unicode");
  });

  it("removes everything, and the bucket", async () => {
    const { run, bucket } = bench();
    await run("s3", "rb", "--force", `s3://${bucket}`);
    expect(await run("s3", "ls"))
      .to.include("declared")
      .and.not.include(bucket);
  });
});

const python = `
import boto3, json, sys
from boto3.s3.transfer import TransferConfig
s3 = boto3.client("s3")
bucket, up, keys = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
s3.upload_file(up + "/large.bin", bucket, "large.bin", Config=TransferConfig(multipart_chunksize=5 * 1024 * 1024))
for algorithm in ["CRC32", "SHA1", "SHA256"]:
    s3.put_object(Bucket=bucket, Key=algorithm, Body=b"summed", ChecksumAlgorithm=algorithm)
for key in keys:
    s3.put_object(Bucket=bucket, Key=key, Body=b"x")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="n/")
s3.copy({"Bucket": bucket, "Key": "large.bin"}, bucket, "copy.bin")
part = s3.get_object(Bucket=bucket, Key="copy.bin", Range="bytes=-10")
print(json.dumps({
    "keys": [entry["Key"] for page in pages for entry in page["Contents"]],
    "size": s3.head_object(Bucket=bucket, Key="copy.bin")["ContentLength"],
    "range": part["Body"].read().hex(),
    "get": s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "SHA256"}),
    "put": s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "presigned", "ContentType": "text/plain"}),
    "post": s3.generate_presigned_post(bucket, "posted", Conditions=[["content-length-range", 1, 10]]),
}))
boto3.resource("s3").Bucket(bucket).objects.filter(Prefix="n/").delete()
`;

describeClient("boto3", "python3", ["-c", "import boto3"], (bench) => {
  it("uploads in parts, with checksums, copies, lists, reads a range and presigns", async () => {
    const { run, bucket, up } = bench();
    const told = JSON.parse(await run("-c", python, bucket, up, JSON.stringify(manyKeys)));
    expect(told.keys).to.deep.equal(manyKeys);
    expect(told.size).to.equal(large.length);
    expect(told.range).to.equal(large.subarray(-10).toString("hex"));
    expect(await (await fetch(told.get)).text()).to.equal("summed");
    const put = await fetch(told.put, { method: "PUT", headers: { "content-type": "text/plain" }, body: "presigned" });
    expect(put.status).to.equal(200);
    const form = new FormData();
    for (const [name, value] of Object.entries<string>(told.post.fields)) form.append(name, value);
    form.append("file", new Blob(["posted"]));
    expect((await fetch(told.post.url, { method: "POST", body: form })).status).to.equal(204);
  });
});

describeClient("rclone", "rclone", ["version"], (bench) => {
  const inParts = ["--s3-upload-cutoff", "6M", "--s3-chunk-size", "5M"];

  it("copies a tree there in parts, checks it, and syncs it back", async () => {
    const { run, bucket, up, down } = bench();
    await run("mkdir", `s3:${bucket}`);
    await run("copy", up, `s3:${bucket}/tree`, ...inParts);
    await run("check", up, `s3:${bucket}/tree`);
    await run("sync", `s3:${bucket}/tree`, down);
    expect(await treeOf(down)).to.deep.equal(sentTree);
  });

  it("copies inside S3, reads a range and makes a link", async () => {
    const { run, bucket } = bench();
    await run("copyto", `s3:${bucket}/tree/plain.txt`, `s3:${bucket}/copy.txt`);
    expect(await run("cat", "--offset", "2", "--count", "3", `s3:${bucket}/copy.txt`)).to.equal("ain");
    const url = (await run("link", "--expire", "5m", `s3:${bucket}/copy.txt`)).trim();
    expect(await (await fetch(url)).text()).to.equal("plain");
  });

  it("lists more than a page of keys, and removes everything", async () => {
    await putMany(bench());
    const { run, bucket } = bench();
    const listed = await run("lsf", "--fast-list", "-R", "--files-only", `s3:${bucket}/n`);
    expect(
      listed
        .trim()
        .split("\n")
        .toSorted()
        .map((name) => `n/${name}`),
    ).to.deep.equal(manyKeys);
    await run("purge", `s3:${bucket}`);
    expect(await run("lsd", "s3:"))
      .to.include("declared")
      .and.not.include(bucket);
  });
});

describeClient("s3cmd", "s3cmd", ["--version"], (bench) => {
  it("syncs a tree there and back, copies and deletes", async () => {
    const { run, bucket, up, down } = bench();
    await run("mb", `s3://${bucket}`);
    await run("sync", "--no-progress", "--multipart-chunk-size-mb=5", `${up}/`, `s3://${bucket}/tree/`);
    await run("cp", `s3://${bucket}/tree/large.bin`, `s3://${bucket}/copy.bin`);
    await run("sync", "--no-progress", `s3://${bucket}/tree/`, `${down}/`);
    expect(await treeOf(down)).to.deep.equal(sentTree);
    expect(await run("info", `s3://${bucket}`)).to.include("eu-central-1");
    await run("del", "--recursive", "--force", `s3://${bucket}`);
    await run("rb", `s3://${bucket}`);
  });
});

describeClient("curl", "curl", ["--version"], (bench) => {
  it("puts and gets by presigned URL and by its own signature, whole and by range", async () => {
    const { s3, run, bucket, up, down } = bench();
    const client = s3.client(undefined, { requestChecksumCalculation: "WHEN_REQUIRED" });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: "large.bin" }));
    await run("--fail", "--silent", "--show-error", "--upload-file", join(up, "large.bin"), url);
    const { accessKeyId, secretAccessKey } = s3.account.admin;
    const signed = ["--aws-sigv4", "aws:amz:eu-central-1:s3", "--user", `${accessKeyId}:${secretAccessKey}`];
    const target = join(down, "large.bin");
    const address = `${s3.url}/${bucket}/large.bin`;
    const quiet = [
      "--fail",
      "--silent",
      "--show-error",
      "--output",
      target,
      "--header",
      "x-amz-content-sha256: UNSIGNED-PAYLOAD",
    ];
    await run(...signed, ...quiet, address);
    expect((await readFile(target)).equals(large)).to.equal(true);
    await run(...signed, ...quiet, "--range", "100-199", address);
    expect((await readFile(target)).equals(large.subarray(100, 200))).to.equal(true);
  });
});
