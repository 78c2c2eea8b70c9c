import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key.ts";

export interface PhotoTableArgs {
  key: EncryptionKey;
  pointInTimeRecovery: boolean;
  protectData: boolean;
}

/**
 * Whole items in the first; keys alone in the others, so that a counter or a title that changes costs no write of theirs.
 * docs/access-patterns.md says what they are for.
 */
const projections = { gsi1: "ALL", gsi2: "KEYS_ONLY", gsi3: "KEYS_ONLY", gsi4: "KEYS_ONLY" } as const;
const indexes = Object.keys(projections);

/** All that the platform knows: photos, albums, friendships, links and users, in one table. */
export class PhotoTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PhotoTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:media:PhotoTable", name, {}, opts);
    const table = new aws.dynamodb.Table(
      name,
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: ["", ...indexes].flatMap((index) =>
          ["pk", "sk"].map((key) => ({ name: `${index}${key}`, type: "S" })),
        ),
        globalSecondaryIndexes: Object.entries(projections).map(([index, projectionType]) => ({
          name: index,
          keySchemas: [
            { attributeName: `${index}pk`, keyType: "HASH" },
            { attributeName: `${index}sk`, keyType: "RANGE" },
          ],
          projectionType,
        })),
        // What nobody came for deletes itself in the end; the value is in seconds since 1970.
        ttl: { attributeName: "ttl", enabled: true },
        pointInTimeRecovery: { enabled: args.pointInTimeRecovery },
        deletionProtectionEnabled: args.protectData,
        serverSideEncryption: { enabled: true, kmsKeyArn: args.key.arn },
      },
      { parent: this, protect: args.protectData, retainOnDelete: args.protectData },
    );
    this.tableName = table.name;
    this.arn = table.arn;
    this.registerOutputs({ tableName: this.tableName, arn: this.arn });
  }
}
