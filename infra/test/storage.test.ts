import { expect } from "chai";
import Type from "typebox";
import { Value } from "typebox/value";
import { declaredSigningApi } from "../../local/declared.ts";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { readConfig } from "../config.ts";
import { declare, root, theOne } from "./support/declared.ts";

/** What holds people's photos, accounts and keys. */
const dataHolders = [
  "aws:s3/bucket:Bucket",
  "aws:dynamodb/table:Table",
  "aws:cognito/userPool:UserPool",
  "aws:secretsmanager/secret:Secret",
  "aws:kms/key:Key",
];

const LifecycleRules = Type.Array(Type.Object({ id: Type.String() }));

for (const stack of await stacksOf(root)) {
  describe(`What holds data, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });

    it("keeps the public out of the bucket in all four ways", () => {
      const { bucket, ...blocks } = theOne(
        recording,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "latchkey-media-access-block",
      ).inputs;
      expect(blocks).to.deep.equal({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
    });

    it("lets the bucket's owner own every object, encrypts them and keeps versions", () => {
      const { rule } = theOne(
        recording,
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "latchkey-media-ownership",
      ).inputs;
      expect(rule).to.deep.equal({ objectOwnership: "BucketOwnerEnforced" });
      const { rules } = theOne(
        recording,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "latchkey-media-encryption",
      ).inputs;
      const kmsMasterKeyId = theOne(recording, "aws:kms/key:Key", "latchkey-key").outputs.arn;
      expect(rules).to.deep.equal([
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId }, bucketKeyEnabled: true },
      ]);
      const { versioningConfiguration } = theOne(
        recording,
        "aws:s3/bucketVersioning:BucketVersioning",
        "latchkey-media-versioning",
      ).inputs;
      expect(versioningConfiguration).to.deep.equal({ status: "Enabled" });
    });

    it("puts all data under keys of its own that turn over, everything in the region of its key", () => {
      for (const name of ["latchkey-key", "latchkey-edge-key"]) {
        expect(theOne(recording, "aws:kms/key:Key", name).inputs.enableKeyRotation, name).to.equal(true);
      }
      const keyArn = theOne(recording, "aws:kms/key:Key", "latchkey-key").outputs.arn;
      const edgeKeyArn = theOne(recording, "aws:kms/key:Key", "latchkey-edge-key").outputs.arn;
      const table = theOne(recording, "aws:dynamodb/table:Table");
      expect(table.inputs.serverSideEncryption).to.deep.equal({ enabled: true, kmsKeyArn: keyArn });
      for (const { inputs } of resourcesOf(recording, "aws:secretsmanager/secret:Secret")) {
        expect(inputs.kmsKeyId).to.equal(keyArn);
      }
      for (const { inputs, name } of resourcesOf(recording, "aws:cloudwatch/logGroup:LogGroup")) {
        expect(inputs.kmsKeyId, name).to.equal(inputs.region === "us-east-1" ? edgeKeyArn : keyArn);
      }
    });

    it("says everything about the one bucket", () => {
      const bucket = theOne(recording, "aws:s3/bucket:Bucket", "latchkey-media").id;
      const sides = recording.resources.filter(
        ({ type, inputs }) => /^aws:s3\/bucket[A-Z]/.test(type) && inputs.bucket === bucket,
      );
      expect(sides).to.have.lengthOf(9);
    });

    it("clears away abandoned multipart uploads, abandoned uploads and old versions", async () => {
      const { rules } = theOne(
        recording,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "latchkey-media-lifecycle",
      ).inputs;
      const withoutNames = Value.Parse(LifecycleRules, rules).map(({ id, ...rule }) => rule);
      const status = "Enabled";
      const { versionRetentionDays } = readConfig("latchkey", stack, (await readStackFile(root, stack)).config);
      expect(withoutNames).to.deep.equal([
        { status, filter: { prefix: "" }, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        {
          status,
          filter: { prefix: "uploads/" },
          expiration: { days: 21 },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
        },
        ...["media/", "originals/"].map((prefix) => ({
          status,
          filter: { prefix },
          expiration: { expiredObjectDeleteMarker: true },
          noncurrentVersionExpiration: { noncurrentDays: versionRetentionDays },
        })),
      ]);
    });

    it("keeps everything in one table with four indexes, on demand, and forgets what lapses", () => {
      const { inputs } = theOne(recording, "aws:dynamodb/table:Table");
      expect(inputs).to.deep.include({
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        ttl: { attributeName: "ttl", enabled: true },
        globalSecondaryIndexes: ["gsi1", "gsi2", "gsi3", "gsi4"].map((name) => ({
          name,
          keySchemas: [
            { attributeName: `${name}pk`, keyType: "HASH" },
            { attributeName: `${name}sk`, keyType: "RANGE" },
          ],
          projectionType: name === "gsi1" ? "ALL" : "KEYS_ONLY",
        })),
      });
    });

    it("gives nothing a fixed name that a replacement would collide with", () => {
      // A group's name is part of its tokens, a record's is what it is for, a stage's is its API's, a trail's is in the
      // policies that let it write; a layer has versions instead of replacements; a domain is its pool's.
      const known = [
        "aws:cognito/userGroup:UserGroup",
        "aws:route53/record:Record",
        "aws:apigatewayv2/stage:Stage",
        "aws:cloudtrail/trail:Trail",
      ];
      const named = recording.resources.filter(({ type, inputs }) => !known.includes(type) && "name" in inputs);
      expect(named).to.deep.equal([]);
    });
  });
}

describe("What holds data", () => {
  const protection = async (protectData: boolean) => {
    const recording = await declare("dev", { "latchkey:protectData": String(protectData) });
    return {
      engine: dataHolders.flatMap((type) => resourcesOf(recording, type).map(({ protect }) => protect)),
      bucket: theOne(recording, "aws:s3/bucket:Bucket", "latchkey-media").inputs.forceDestroy,
      table: theOne(recording, "aws:dynamodb/table:Table").inputs.deletionProtectionEnabled,
      userPool: theOne(recording, "aws:cognito/userPool:UserPool").inputs.deletionProtection,
      secrets: resourcesOf(recording, "aws:secretsmanager/secret:Secret").map(
        ({ inputs }) => inputs.recoveryWindowInDays,
      ),
    };
  };

  it("cannot be deleted where data is protected", async () => {
    expect(await protection(true)).to.deep.equal({
      engine: [true, true, true, true, true, true, true, true, true],
      bucket: false,
      table: true,
      userPool: "ACTIVE",
      secrets: [30, 30, 30],
    });
  });

  it("is gone with the stack where it is not", async () => {
    expect(await protection(false)).to.deep.equal({
      engine: [false, false, false, false, false, false, false, false, false],
      bucket: true,
      table: false,
      userPool: "INACTIVE",
      secrets: [0, 0, 0],
    });
  });

  it("lets the browsers of the web origins upload, and no others", async () => {
    const type = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
    const one = await declare("dev", { "latchkey:webOrigins": '["https://a.example","https://b.example"]' });
    expect(theOne(one, type).inputs.corsRules).to.deep.equal([
      {
        allowedOrigins: ["https://a.example", "https://b.example"],
        allowedMethods: ["PUT", "POST", "GET", "HEAD", "DELETE"],
        allowedHeaders: ["*"],
        exposeHeaders: ["ETag", "Location"],
        maxAgeSeconds: 3600,
      },
    ]);
    const none = await declare("dev", { "latchkey:webOrigins": "[]" });
    expect(resourcesOf(none, type)).to.deep.equal([]);
  });

  it("takes uploads by way of the edges where that is paid for, and the API's URLs lead there", async () => {
    const type = "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration";
    expect(resourcesOf(await declare("dev"), type)).to.deep.equal([]);
    const paid = await declare("dev", { "latchkey:transferAcceleration": "true" });
    expect(theOne(paid, type).inputs).to.deep.equal({
      bucket: theOne(paid, "aws:s3/bucket:Bucket", "latchkey-media").id,
      status: "Enabled",
    });
    expect(declaredSigningApi(paid).environment).to.include({ LATCHKEY_TRANSFER_ACCELERATION: "true" });
  });

  it("can be restored to any second where that is paid for", async () => {
    const type = "aws:dynamodb/table:Table";
    const paid = await declare("dev", { "latchkey:pointInTimeRecovery": "true" });
    expect(theOne(paid, type).inputs.pointInTimeRecovery).to.deep.equal({ enabled: true });
  });
});
