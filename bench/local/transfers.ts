import { randomFillSync } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import fastify from "fastify";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { peakOf, residentOf } from "./process-tree.ts";
import type { RunningCloud } from "./running-cloud.ts";

export interface Transfer {
  readonly name: string;
  readonly seconds: number;
  /** How far memory rose above what was held before, in MiB; undefined for what is not ours. */
  readonly rise: number | undefined;
}

const mebibyte = 2 ** 20;
const SigningSecret = Type.Object({ privateKeyPem: Type.String() });

/** Sends one object of `mebibytes` up and down by each door, beside a copy of the same file, with stock clients. */
export async function measureTransfers(cloud: RunningCloud, folder: string, mebibytes: number): Promise<Transfer[]> {
  const { addresses, pid } = cloud;
  const { bucket: Bucket, s3: endpoint, region, admin: credentials } = addresses;
  const s3 = new S3Client({ region, endpoint, credentials });
  // Below originals/, where the edge finds it; its creation wakes nobody.
  const Key = "originals/bench";
  const source = join(folder, "source");
  const target = join(folder, "target");
  await writeNoise(source, mebibytes);

  const url = await signedUrl(cloud, Key);
  const backend = await startProxy(s3, Bucket, Key);
  const fetchTo = async (address: string) => {
    const { body, ok, status } = await fetch(address);
    if (!ok || !body) throw new Error(`the edge answered ${status} to the bench's signed URL`);
    await pipeline(Readable.fromWeb(body), createWriteStream(target));
  };
  const transfers: [name: string, move: () => Promise<void>, ours: boolean][] = [
    ["copy of the file, by the file system", () => copyFile(source, target), false],
    [
      "copy of the file, through a Node stream",
      () => pipeline(createReadStream(source), createWriteStream(target)),
      false,
    ],
    [
      "PutObject to the local S3",
      async () => {
        const Body = createReadStream(source);
        await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: mebibytes * mebibyte }));
      },
      true,
    ],
    [
      "GetObject from the local S3",
      async () => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        if (!(Body instanceof Readable)) throw new Error("GetObject gave no stream");
        await pipeline(Body, createWriteStream(target));
      },
      true,
    ],
    ["GET through a backend that proxies S3", () => fetchTo(backend.url), true],
    ["GET through the edge, a miss", () => fetchTo(url), true],
    ["GET through the edge, a hit", () => fetchTo(url), true],
  ];

  const measured: Transfer[] = [];
  for (const [name, move, ours] of transfers) {
    const before = await residentOf(pid);
    const started = performance.now();
    const peak = await peakOf(pid, move);
    const seconds = (performance.now() - started) / 1000;
    measured.push({ name, seconds, rise: ours ? peak - before : undefined });
  }
  await backend.close();
  return measured;
}

/** What Latchkey is not: a backend that every byte passes through. */
async function startProxy(s3: S3Client, Bucket: string, Key: string) {
  const server = fastify();
  server.get("/", async (_, reply) => reply.send((await s3.send(new GetObjectCommand({ Bucket, Key }))).Body));
  return { url: await server.listen({ host: "127.0.0.1", port: 0 }), close: () => server.close() };
}

/** Bytes that nothing can compress or deduplicate. */
async function writeNoise(path: string, mebibytes: number): Promise<void> {
  await using file = await open(path, "w");
  const block = Buffer.alloc(mebibyte);
  for (let written = 0; written < mebibytes; written += 1) await file.write(randomFillSync(block));
}

/** Signed by the stock signer with the stack's own key, as its administrator can. */
async function signedUrl({ addresses }: RunningCloud, key: string): Promise<string> {
  const { aws: endpoint, region, admin: credentials, signer, media } = addresses;
  const secrets = new SecretsManagerClient({ region, endpoint, credentials });
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: signer.secretArn }));
  const { privateKeyPem } = Value.Parse(SigningSecret, JSON.parse(SecretString));
  return getSignedUrl({
    url: `${media}/${key}`,
    keyPairId: signer.keyId,
    privateKey: privateKeyPem,
    dateLessThan: new Date(Date.now() + 3_600_000),
  });
}
