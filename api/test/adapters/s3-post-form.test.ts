import { S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { expect } from "chai";
import fc from "fast-check";
import { resolveBucketAddress } from "../../adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../adapters/s3-presigner.ts";
import { only } from "../../domain/outcome.ts";
import { aLifetime, anEndpoint, anUpload, aSigningTime, credentialsOf } from "./support/signing-arbitraries.ts";

describe("S3 presigner of forms", () => {
  it("signs a form field by field as the SDK does", () =>
    fc.assert(
      fc.asyncProperty(
        anUpload,
        credentialsOf,
        aSigningTime,
        aLifetime,
        anEndpoint,
        async (upload, credentials, now, seconds, endpoint) => {
          fc.pre(!upload.key.includes("${"));
          const client = new S3Client({ ...endpoint, credentials });
          // The SDK reads the clock itself: half a second on, its own milliseconds change nothing.
          const offset = () => now.getTime() + 500 - Date.now();
          Object.defineProperty(client.config, "systemClockOffset", { get: offset });
          const theirs = await createPresignedPost(client, {
            Bucket: "photos",
            Key: upload.key,
            Conditions: [["content-length-range", upload.size, upload.size]],
            Fields: {
              "Content-Type": upload.contentType,
              ...(upload.sha256 !== undefined && { "x-amz-checksum-sha256": upload.sha256 }),
            },
            Expires: seconds,
          });
          const bucket = await resolveBucketAddress(client, "photos");
          const presigner = createS3Presigner({ bucket, credentials: async () => credentials, now: () => now });
          const expiresAt = new Date(now.getTime() + seconds * 1000);
          const ours = only(await presigner.post([upload], expiresAt));
          expect(ours).to.deep.equal({ method: "POST", ...theirs, expiresAt });
          expect(Object.keys(ours.fields)).to.deep.equal(Object.keys(theirs.fields));
        },
      ),
    ));

  const now = new Date("2026-03-01T12:00:00Z");
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const presigner = createS3Presigner({
    bucket: { name: "photos", origin: "https://s3.example.com", host: "s3.example.com", path: "/photos", region: "x" },
    credentials: async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret", expiration: inMinutes(4) }),
    now: () => now,
  });
  const upload = { key: "uploads/olga/0195", contentType: "image/jpeg", size: 3, sha256: `${"A".repeat(43)}=` };

  it("leaves no field without a condition that is equal to it, and no length but the one", async () => {
    const { fields } = only(await presigner.post([upload], inMinutes(1)));
    const { Policy = "", "X-Amz-Signature": _, ...others } = fields;
    const { conditions } = JSON.parse(Buffer.from(Policy, "base64").toString());
    expect(conditions).to.deep.equal([
      ["content-length-range", 3, 3],
      ...Object.entries(others).map(([name, value]) => ({ [name]: value })),
    ]);
    expect(others).to.include({
      key: upload.key,
      "x-amz-checksum-sha256": upload.sha256,
      "Content-Type": "image/jpeg",
    });
  });

  it("never promises more time than the credentials have left", async () => {
    const { fields, expiresAt } = only(await presigner.post([upload], inMinutes(15)));
    expect(expiresAt).to.deep.equal(inMinutes(4));
    expect(JSON.parse(atob(fields.Policy ?? ""))).to.have.property("expiration", "2026-03-01T12:04:00Z");
  });

  it("refuses a key in which S3 would put the name of the file", async () => {
    const error: unknown = await presigner
      .post([{ ...upload, key: `uploads/\${filename}` }], inMinutes(1))
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
  });
});
