import { S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { resolveBucketAddress } from "../../api/adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../api/adapters/s3-presigner.ts";
import { only } from "../../api/domain/outcome.ts";
import type { Bench } from "../bench.ts";
import { interleave } from "../interleave.ts";
import { isolated, type Operations, repeat } from "../isolated.ts";
import { conclusion, faster, measuredTable, targetsTable } from "../report.ts";
import { exampleBucket, exampleCredentials, exampleUpload } from "../signing/examples.ts";

const uploadSeconds = 900;
const until = () => new Date(Date.now() + uploadSeconds * 1000);
const { key, contentType, size, sha256 } = exampleUpload;
const part = { partNumber: 7, size: 5 * 1024 ** 2 };
const uploadId = "VXBsb2FkIElEIG9mIHRoZSBsZW5ndGggdGhhdCBTMyBnaXZlcyB0aGVt".repeat(2);

/** Forms and parts beside the SDK's own functions; PUTs are measured with the other signatures. */
export const benchUploads: Bench = async ({ seconds, print }) => {
  const subject = (name: string, operation: keyof typeof operations) => isolated(name, import.meta.url, operation);
  const measured = await interleave(
    {
      put: await subject("our presigner, a PUT", "put"),
      form: await subject("our presigner, a form", "form"),
      part: await subject("our presigner, a part", "part"),
      formBySdk: await subject("SDK createPresignedPost", "formBySdk"),
      partBySdk: await subject("SDK getSignedUrl(client, new UploadPartCommand(…))", "partBySdk"),
    },
    seconds,
  );
  const targets = [
    faster("form, against the SDK's createPresignedPost", measured.form, measured.formBySdk, 5, measured.put),
    faster("part, against the SDK's getSignedUrl", measured.part, measured.partBySdk, 40, measured.put),
  ];
  print(`${measuredTable("S3 presigned uploads, each kind", Object.values(measured))}\n`);
  print(targetsTable(targets));
  print(conclusion(targets));
};

export const operations = {
  put: async () => {
    const presigner = await ourPresigner();
    return repeat(async () => only(await presigner.put([exampleUpload], until())));
  },
  form: async () => {
    const presigner = await ourPresigner();
    return repeat(async () => only(await presigner.post([exampleUpload], until())));
  },
  part: async () => {
    const presigner = await ourPresigner();
    return repeat(async () => only(await presigner.parts({ key, uploadId }, [part], until())));
  },
  formBySdk: () => {
    const client = newClient();
    const Fields = { "Content-Type": contentType, "x-amz-checksum-sha256": sha256 };
    const form = { Bucket: exampleBucket, Key: key, Fields, Expires: uploadSeconds };
    return repeat(() => createPresignedPost(client, { ...form, Conditions: [["content-length-range", size, size]] }));
  },
  partBySdk: () => {
    const client = newClient();
    const signableHeaders = new Set(["host", "content-length"]);
    const target = { Bucket: exampleBucket, Key: key, UploadId: uploadId };
    return repeat(() => {
      const command = new UploadPartCommand({ ...target, PartNumber: part.partNumber, ContentLength: part.size });
      return getSignedUrl(client, command, { expiresIn: uploadSeconds, signableHeaders });
    });
  },
} satisfies Operations;

async function ourPresigner() {
  const bucket = await resolveBucketAddress(newClient(), exampleBucket);
  return createS3Presigner({ bucket, credentials: async () => exampleCredentials });
}

function newClient(): S3Client {
  return new S3Client({
    region: "eu-central-1",
    credentials: exampleCredentials,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
}
