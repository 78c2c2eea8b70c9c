import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { signingApiPolicy } from "../policies/signing-api.ts";
import { trustRole, trustService } from "../policies/trust.ts";
import { uploadRolePath, uploadRolePolicy } from "../policies/upload-role.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Identity } from "./identity.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import type { PhotoTable } from "./photo-table.ts";
import { ServiceRole } from "./service-role.ts";
import type { TrustedSigner } from "./trusted-signer.ts";

export interface SigningApiArgs {
  account: Account;
  bucket: MediaBucket;
  table: PhotoTable;
  signer: TrustedSigner;
  distribution: MediaDistribution;
  identity: Identity;
  key: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
  urlWindowSeconds: number;
  uploadSeconds: number;
  maxUploadBytes: number;
  /** Days that an upload in parts may take. */
  multipartDays: number;
  /** Whether presigned URLs lead to the nearest edge. */
  transferAcceleration: boolean;
  quotaGigabytes: number;
  quotaPhotos: number;
  /** Requests in a minute, at each instance of the API. */
  ratePerUser: number;
  ratePerAddress: number;
  linkDays: number;
  /** Empty where the API and the media share no parent domain. */
  cookieDomain: string;
  allowedTypes: readonly string[];
  /** Origins whose pages may call the API by script. */
  webOrigins: readonly string[];
}

/** What the signing API may do and is told. The Lambda function, the HTTP API and its distribution come here later. */
export class SigningApi extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: SigningApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:api:SigningApi", name, {}, opts);
    const { account, bucket, table, signer, distribution, identity, key } = args;

    const role = new ServiceRole(
      `${name}-role`,
      {
        trust: trustService("lambda.amazonaws.com"),
        policy: pulumi.jsonStringify(
          pulumi
            .output({
              bucketArn: bucket.arn,
              tableArn: table.arn,
              signingSecretArn: signer.activeSecretArn,
              partition: account.partition,
              accountId: account.id,
              key: key.facts,
            })
            .apply(signingApiPolicy),
        ),
        boundaryArn: args.boundaryArn,
      },
      { parent: this },
    );

    const uploadRole = new ServiceRole(
      `${name}-upload-role`,
      {
        path: uploadRolePath,
        trust: role.arn.apply(trustRole),
        policy: pulumi.jsonStringify(pulumi.output({ bucketArn: bucket.arn, key: key.facts }).apply(uploadRolePolicy)),
        boundaryArn: args.boundaryArn,
      },
      { parent: this },
    );

    this.roleArn = role.arn;
    this.environment = {
      LATCHKEY_BUCKET: bucket.bucketName,
      LATCHKEY_TABLE: table.tableName,
      LATCHKEY_MEDIA_URL: pulumi.interpolate`https://${distribution.domainName}`,
      LATCHKEY_SIGNING_KEY_ID: signer.activeKeyId,
      LATCHKEY_SIGNING_SECRET_ARN: signer.activeSecretArn,
      LATCHKEY_UPLOAD_ROLE_ARN: uploadRole.arn,
      LATCHKEY_ISSUER: identity.issuer,
      LATCHKEY_CLIENT_ID: identity.clientId,
      LATCHKEY_URL_WINDOW_SECONDS: String(args.urlWindowSeconds),
      LATCHKEY_UPLOAD_SECONDS: String(args.uploadSeconds),
      LATCHKEY_MAX_UPLOAD_BYTES: String(args.maxUploadBytes),
      LATCHKEY_MULTIPART_DAYS: String(args.multipartDays),
      LATCHKEY_TRANSFER_ACCELERATION: String(args.transferAcceleration),
      LATCHKEY_QUOTA_BYTES: String(args.quotaGigabytes * 1_000_000_000),
      LATCHKEY_QUOTA_PHOTOS: String(args.quotaPhotos),
      LATCHKEY_RATE_PER_USER: String(args.ratePerUser),
      LATCHKEY_RATE_PER_ADDRESS: String(args.ratePerAddress),
      LATCHKEY_LINK_DAYS: String(args.linkDays),
      LATCHKEY_COOKIE_DOMAIN: args.cookieDomain,
      LATCHKEY_ALLOWED_TYPES: args.allowedTypes.join(","),
      LATCHKEY_WEB_ORIGINS: args.webOrigins.join(","),
    };
    this.registerOutputs({ roleArn: this.roleArn, environment: this.environment });
  }
}
