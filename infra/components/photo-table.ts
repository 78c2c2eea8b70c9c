import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface PhotoTableArgs {
  pointInTimeRecovery: boolean;
  protectData: boolean;
}

/** Where photos are kept: by their id, and through `gsi1` by their owner, newest last. */
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
        attributes: ["pk", "sk", "gsi1pk", "gsi1sk"].map((attribute) => ({ name: attribute, type: "S" })),
        globalSecondaryIndexes: [
          {
            name: "gsi1",
            keySchemas: [
              { attributeName: "gsi1pk", keyType: "HASH" },
              { attributeName: "gsi1sk", keyType: "RANGE" },
            ],
            projectionType: "ALL",
          },
        ],
        // Reservations that lapse delete themselves; the value is in seconds since 1970.
        ttl: { attributeName: "ttl", enabled: true },
        pointInTimeRecovery: { enabled: args.pointInTimeRecovery },
        deletionProtectionEnabled: args.protectData,
        // EncryptionKey comes later: until then the table is encrypted under DynamoDB's own key.
      },
      { parent: this, protect: args.protectData, retainOnDelete: args.protectData },
    );
    this.tableName = table.name;
    this.arn = table.arn;
    this.registerOutputs({ tableName: this.tableName, arn: this.arn });
  }
}
