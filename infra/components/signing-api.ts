import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { apiBundle } from "../bundle.ts";
import { signingApiStatements } from "../policies/signing-api.ts";
import { trustRole } from "../policies/trust.ts";
import { uploadRolePath, uploadRolePolicy } from "../policies/upload-role.ts";
import { ApiDistribution } from "./api-distribution.ts";
import type { CustomDomain } from "./custom-domain.ts";
import type { EdgeFirewall } from "./edge-firewall.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { HttpApi } from "./http-api.ts";
import type { Identity } from "./identity.ts";
import type { MediaBucket } from "./media-bucket.ts";
import type { MediaDistribution } from "./media-distribution.ts";
import { OriginSecret } from "./origin-secret.ts";
import type { PhotoTable } from "./photo-table.ts";
import { ServiceFunction } from "./service-function.ts";
import { ServiceRole } from "./service-role.ts";
import type { TrustedSigner } from "./trusted-signer.ts";

export interface SigningApiArgs {
  account: Account;
  bucket: MediaBucket;
  table: PhotoTable;
  signer: TrustedSigner;
  distribution: MediaDistribution;
  identity: Identity;
  firewall: EdgeFirewall;
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
  /** The generation of what the edge proves itself by. */
  originSecret: number;
  /** Over all viewers. */
  apiRequestsPerSecond: number;
  priceClass: string;
  /** Its own host name, if it has one. */
  domain: CustomDomain | undefined;
  protectData: boolean;
  logRetentionDays: number;
}

/** Less than the gateway waits, so that it is the function that says what took too long. */
const timeoutSeconds = 29;

/** The signing API: the function that answers, the HTTP API that calls it, and the edge that alone gets through to it. */
export class SigningApi extends pulumi.ComponentResource {
  /** Where apps find it. */
  readonly url: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  /** Of the edge in front, as the next. */
  readonly distributionId: pulumi.Output<string>;
  readonly distributionArn: pulumi.Output<string>;

  constructor(name: string, args: SigningApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:api:SigningApi", name, {}, opts);
    const { account, bucket, table, signer, distribution, identity, firewall, key, boundaryArn } = args;
    const child = { parent: this };

    const originSecret = new OriginSecret(`${name}-origin`, { ...args, generation: args.originSecret }, child);
    // The upload role trusts the function's role, and the function is told of the upload role.
    const [uploadRoleArn, setUploadRoleArn] = pulumi.deferredOutput<string>();
    const environment = {
      LATCHKEY_BUCKET: bucket.bucketName,
      LATCHKEY_TABLE: table.tableName,
      LATCHKEY_MEDIA_URL: pulumi.interpolate`https://${distribution.domainName}`,
      LATCHKEY_SIGNING_KEY_ID: signer.activeKeyId,
      LATCHKEY_SIGNING_SECRET_ARN: signer.activeSecretArn,
      LATCHKEY_UPLOAD_ROLE_ARN: uploadRoleArn,
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
      LATCHKEY_ORIGIN_SECRET_ARN: originSecret.secretArn,
      LATCHKEY_ANSWER_SECONDS: String(timeoutSeconds - 4),
    };
    const answering = new ServiceFunction(
      name,
      {
        code: apiBundle(),
        statements: pulumi
          .output({
            bucketArn: bucket.arn,
            tableArn: table.arn,
            signingSecretArn: signer.activeSecretArn,
            originSecretArn: originSecret.secretArn,
            partition: account.partition,
            accountId: account.id,
            key: key.facts,
          })
          .apply(signingApiStatements),
        boundaryArn,
        key,
        environment,
        timeoutSeconds,
        // A whole vCPU: starting and signing are nothing but work for it.
        memoryMegabytes: 1769,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    const uploadRole = new ServiceRole(
      `${name}-upload-role`,
      {
        path: uploadRolePath,
        trust: answering.roleArn.apply(trustRole),
        policy: pulumi.jsonStringify(pulumi.output({ bucketArn: bucket.arn, key: key.facts }).apply(uploadRolePolicy)),
        boundaryArn,
      },
      child,
    );
    setUploadRoleArn(uploadRole.arn);

    const gateway = new HttpApi(
      `${name}-http`,
      {
        account,
        key,
        function: answering,
        issuer: identity.issuer,
        clientId: identity.clientId,
        requestsPerSecond: args.apiRequestsPerSecond,
        logRetentionDays: args.logRetentionDays,
      },
      child,
    );
    const edge = new ApiDistribution(
      `${name}-edge`,
      {
        originDomainName: gateway.domainName,
        originSecret: originSecret.value,
        webAclArn: firewall.webAclArn,
        webOrigins: args.webOrigins,
        priceClass: args.priceClass,
        domain: args.domain,
      },
      child,
    );

    this.url = pulumi.interpolate`https://${edge.domainName}`;
    this.functionName = answering.functionName;
    this.distributionId = edge.distributionId;
    this.distributionArn = edge.arn;
    this.registerOutputs({
      url: this.url,
      roleArn: answering.roleArn,
      environment,
      distributionId: edge.distributionId,
    });
  }
}
