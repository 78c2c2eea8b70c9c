import { hash } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { resolveBucketAddress } from "../../api/adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../api/adapters/s3-presigner.ts";
import { only } from "../../api/domain/outcome.ts";
import type { PresignedRequest } from "../../api/domain/ports/signing.ts";
import { interleave } from "../interleave.ts";
import { isolated, type Operations, repeat } from "../isolated.ts";
import { type BenchPart, faster, measuredTable, within } from "../report.ts";
import { exampleBucket, exampleCredentials, exampleUpload } from "./examples.ts";

const uploadSeconds = 900;

export const benchUploadUrls: BenchPart = async (seconds) => {
  const subject = (name: string, operation: keyof typeof operations) => isolated(name, import.meta.url, operation);
  const measured = await interleave(
    {
      primitives: await subject("one SHA-256 and one HMAC of the same lengths", "primitives"),
      ours: await subject("our presigner", "ours"),
      sdk: await subject("SDK getSignedUrl(client, new PutObjectCommand(…))", "sdk"),
    },
    seconds,
  );
  return {
    table: measuredTable("S3 presigned uploads", Object.values(measured)),
    targets: [
      within("upload URL, against the hash and HMAC primitives", measured.ours, measured.primitives, 2.5),
      faster("upload URL, against the SDK's getSignedUrl", measured.ours, measured.sdk, 100, measured.primitives),
    ],
  };
};

export const operations = {
  async primitives() {
    const { url, headers } = await (await ourPresigner())();
    return repeat(primitives(url, headers));
  },
  ours: async () => repeat(await ourPresigner()),
  sdk: () => {
    const client = newClient();
    return repeat(() => presignWithSdk(client));
  },
} satisfies Operations;

/**
 * The work that Signature Version 4 can't do without once the key of the day is known: a hash and an HMAC of texts as long
 * as the real ones, and new each time as they are. The HMAC is the two hashes that it consists of, for `createHmac` is slower.
 */
function primitives(url: string, headers: Readonly<Record<string, string>>): () => string {
  const canonicalRequest = `PUT\n${url}\n${Object.entries(headers).flat().join("\n")}`;
  const stringToSign = `AWS4-HMAC-SHA256\n20300101T000000Z\n20300101/eu-central-1/s3/aws4_request\n${"0".repeat(64)}`;
  const pad = "x".repeat(64);
  let turn = 0;
  return () => {
    hash("sha256", canonicalRequest + turn++);
    const inner = hash("sha256", Buffer.from(pad + stringToSign, "latin1"), "binary");
    return hash("sha256", Buffer.from(pad + inner, "latin1"));
  };
}

async function ourPresigner(): Promise<() => Promise<PresignedRequest>> {
  const bucket = await resolveBucketAddress(newClient(), exampleBucket);
  const presigner = createS3Presigner({ bucket, credentials: async () => exampleCredentials });
  return async () => only(await presigner.put([exampleUpload], new Date(Date.now() + uploadSeconds * 1000)));
}

function newClient(): S3Client {
  return new S3Client({
    region: "eu-central-1",
    credentials: exampleCredentials,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
}

/** The same upload pinned in the same way. */
function presignWithSdk(client: S3Client): Promise<string> {
  const command = new PutObjectCommand({
    Bucket: exampleBucket,
    Key: exampleUpload.key,
    ContentType: exampleUpload.contentType,
    ContentLength: exampleUpload.size,
    ChecksumSHA256: exampleUpload.sha256,
    IfNoneMatch: "*",
  });
  return getSignedUrl(client, command, {
    expiresIn: uploadSeconds,
    signableHeaders: new Set(["host", "content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"]),
    unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
  });
}
