import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { auditorPath, auditorPolicy } from "../policies/auditor.ts";
import { trustOutsider } from "../policies/trust.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Identity } from "./identity.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import type { PhotoTable } from "./photo-table.ts";
import { ServiceRole } from "./service-role.ts";
import type { SigningApi } from "./signing-api.ts";

export interface AuditorRoleArgs {
  account: Account;
  /** The account that the auditor comes from. */
  auditorAccount: string;
  /** What the auditor must give, agreed on with them. */
  auditorExternalId: string;
  bucket: MediaBucket;
  table: PhotoTable;
  trail: AuditTrail;
  distribution: MediaDistribution;
  api: SigningApi;
  identity: Identity;
  key: EncryptionKey;
  edgeKey: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
}

/** The role by which somebody from another account may look at settings, trail and logs, an hour at a time. */
export class AuditorRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AuditorRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:security:AuditorRole", name, {}, opts);
    const { account, trail, key, edgeKey } = args;
    const role = new ServiceRole(
      `${name}-role`,
      {
        path: auditorPath,
        trust: account.partition.apply((partition) =>
          trustOutsider({ partition, accountId: args.auditorAccount, externalId: args.auditorExternalId }),
        ),
        policy: pulumi.jsonStringify(
          pulumi
            .output({
              partition: account.partition,
              region: account.region,
              accountId: account.id,
              bucketArn: args.bucket.arn,
              logBucketArn: trail.logBucketArn,
              trailArn: trail.arn,
              tableArn: args.table.arn,
              userPoolId: args.identity.userPoolId,
              keyArn: key.arn,
              keyArns: [key.arn, edgeKey.arn],
              mediaDistributionArn: args.distribution.arn,
              apiDistributionArn: args.api.distributionArn,
            })
            .apply(auditorPolicy),
        ),
        boundaryArn: args.boundaryArn,
      },
      { parent: this },
    );
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
