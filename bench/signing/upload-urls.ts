import { createHmac, createSecretKey, hash } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { resolveBucketAddress } from "../../api/adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../api/adapters/s3-presigner.ts";
import { inProcess, interleave } from "../interleave.ts";
import { faster, measuredTable, type Target, within } from "../report.ts";
import { exampleBucket, exampleCredentials, exampleUpload } from "./examples.ts";

const uploadSeconds = 900;

export async function benchUploadUrls(seconds: number): Promise<{ table: string; targets: Target[] }> {
  const client = new S3Client({
    region: "eu-central-1",
    credentials: exampleCredentials,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const bucket = await resolveBucketAddress(client, exampleBucket);
  const presigner = createS3Presigner({ bucket, credentials: async () => exampleCredentials });
  const presign = () => presigner.put(exampleUpload, new Date(Date.now() + uploadSeconds * 1000));

  const measured = await interleave(
    {
      primitives: inProcess("one SHA-256 and one HMAC of the same lengths", await primitives(presign)),
      ours: inProcess("our presigner", presign),
      sdk: inProcess("SDK getSignedUrl(client, new PutObjectCommand(…))", () => presignWithSdk(client)),
    },
    seconds,
  );
  return {
    table: measuredTable("S3 presigned uploads", Object.values(measured)),
    targets: [
      within("upload URL, against the hash and HMAC primitives", measured.ours, measured.primitives, 2.5),
      faster("upload URL, against the SDK's getSignedUrl", measured.ours, measured.sdk, 100),
    ],
  };
}

/** The work that Signature Version 4 can't do without once the key of the day is known, on texts as long as the real ones. */
async function primitives(presign: () => ReturnType<ReturnType<typeof createS3Presigner>["put"]>) {
  const { url, headers } = await presign();
  const canonicalRequest = `PUT\n${url}\n${Object.entries(headers).flat().join("\n")}`;
  const stringToSign = `AWS4-HMAC-SHA256\n20300101T000000Z\n20300101/eu-central-1/s3/aws4_request\n${"0".repeat(64)}`;
  const key = createSecretKey(Buffer.alloc(32, 1));
  return () => hash("sha256", canonicalRequest) + createHmac("sha256", key).update(stringToSign).digest("hex");
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
