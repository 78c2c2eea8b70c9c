import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { recorded } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3 } from "./support/test-s3.ts";

describe("A bucket's settings that the local S3 cannot honour", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-s3-"));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const side = (type: string, inputs: object) => recorded(`aws:s3/${type}`, "odd", { bucket: "odd", ...inputs });
  const rule = { id: "rule", status: "Enabled" };
  const statement = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" };
  const settings: [title: string, resource: RecordedResource, words: string][] = [
    [
      "an ACL set on the bucket itself",
      recorded("aws:s3/bucket:Bucket", "odd", { bucket: "odd", acl: "private" }, { id: "odd" }),
      "acl is not supported by the local cloud",
    ],
    [
      "a transition to another storage class",
      side("bucketLifecycleConfiguration:BucketLifecycleConfiguration", {
        rules: [{ ...rule, transitions: [{ days: 1 }] }],
      }),
      "rules/0/transitions is not supported",
    ],
    [
      "dual-layer encryption",
      side("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms:dsse" } }],
      }),
      "sseAlgorithm",
    ],
    [
      "a deletion that asks for a device",
      side("bucketVersioning:BucketVersioning", {
        versioningConfiguration: { status: "Enabled", mfaDelete: "Enabled" },
      }),
      "mfaDelete is not supported",
    ],
    [
      "acceleration, which only AWS has",
      side("bucketAccelerateConfiguration:BucketAccelerateConfiguration", { status: "Enabled" }),
      "set transferAcceleration to false",
    ],
    ["a policy that is no JSON", side("bucketPolicy:BucketPolicy", { policy: "{" }), "not valid JSON"],
    [
      "a policy with an operator that nobody knows",
      side("bucketPolicy:BucketPolicy", {
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ ...statement, Condition: { StringRhymes: { "s3:prefix": "a" } } }],
        }),
      }),
      "StringRhymes",
    ],
  ];
  for (const [title, resource, words] of settings) {
    it(`keep it from starting, by the resource's name: ${title}`, async () => {
      const bucket = resource.type === "aws:s3/bucket:Bucket" ? [] : recordedBucket("odd");
      const { message } = await rejection(startTestS3([...bucket, resource], { dataDir }));
      expect(message).to.include(`${resource.type} odd: `).and.include(words);
    });
  }
});
