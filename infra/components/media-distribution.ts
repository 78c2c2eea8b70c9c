import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { mediaBucketPolicy } from "../policies/media-bucket.ts";
import { answerFor, type CustomDomain } from "./custom-domain.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";

export interface MediaDistributionArgs {
  account: Account;
  bucket: MediaBucket;
  key: EncryptionKey;
  keyGroupId: pulumi.Input<string>;
  webAclArn: pulumi.Input<string>;
  /** Origins whose pages may read media by script. */
  webOrigins: readonly string[];
  /** The longest life of a presigned URL to the bucket. */
  longestUrlSeconds: number;
  priceClass: string;
  /** Its own host name, if it has one. */
  domain: CustomDomain | undefined;
  httpVersion: "http2" | "http2and3";
  /** Whether the edges fetch through one cache in the bucket's region. */
  originShield: boolean;
  /** Id of the policy that shares traffic out to a staging distribution; empty without one, as the next. */
  continuousDeploymentPolicy: string;
  stagingDistribution: string;
  /** Whether administrators of the bucket need a one-time code. */
  adminMfa: boolean;
  /** Of whom none is asked: ARNs, with `*` for anything. */
  adminRoles: readonly string[];
}

const day = 86_400;
const originId = "media-bucket";
const closedOriginId = "nothing";

/**
 * The CloudFront distribution that alone may read the bucket, and the policies of bucket and key that say so. Every path
 * asks for a signature. A missing object answers 403 as a forbidden one does, because the distribution may not list the bucket.
 */
export class MediaDistribution extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What viewers know it by. */
  readonly domainName: pulumi.Output<string>;

  constructor(name: string, args: MediaDistributionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:cdn:MediaDistribution", name, {}, opts);
    const child = { parent: this };

    const accessControl = new aws.cloudfront.OriginAccessControl(
      `${name}-access`,
      {
        description: "Signs Latchkey's requests to its media bucket",
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      child,
    );
    const cachePolicy = new aws.cloudfront.CachePolicy(
      `${name}-cache`,
      {
        comment: "One copy for every viewer: whose signature it was must not matter",
        // A key's bytes never change, and deletion invalidates, so a day is kept even where the object says private.
        minTtl: day,
        defaultTtl: day,
        maxTtl: 365 * day,
        parametersInCacheKeyAndForwardedToOrigin: {
          queryStringsConfig: { queryStringBehavior: "none" },
          headersConfig: { headerBehavior: "none" },
          cookiesConfig: { cookieBehavior: "none" },
        },
      },
      child,
    );
    const responseHeaders = new aws.cloudfront.ResponseHeadersPolicy(
      `${name}-headers`,
      { comment: "What browsers may do with Latchkey's media", ...responseHeaderRules(args.webOrigins) },
      child,
    );

    const behaviour = {
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      viewerProtocolPolicy: "https-only",
      trustedKeyGroups: [args.keyGroupId],
      cachePolicyId: cachePolicy.id,
      responseHeadersPolicyId: responseHeaders.id,
      // Photos are compressed already.
      compress: false,
    };
    const origin = {
      domainName: args.bucket.regionalDomainName,
      originAccessControlId: accessControl.id,
      ...(args.originShield && { originShield: { enabled: true, originShieldRegion: args.account.region } }),
    };
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: "Latchkey media",
        origins: [
          { ...origin, originId },
          // A distribution needs a default behaviour. This one leads below a prefix that holds nothing, so that no path
          // of a URL, least of all uploads/, ever names a key outside media/ and originals/.
          { ...origin, originId: closedOriginId, originPath: "/media/-" },
        ],
        defaultCacheBehavior: { ...behaviour, targetOriginId: closedOriginId },
        orderedCacheBehaviors: ["media/*", "originals/*"].map((pathPattern) => ({
          ...behaviour,
          pathPattern,
          targetOriginId: originId,
        })),
        // Set by the worker on all that it publishes: one tag for each photo, by which it is forgotten.
        cacheTagConfig: { headerName: "x-amz-meta-cache-tag" },
        defaultRootObject: "index.html",
        customErrorResponses: [
          // No page of our own: it would hide CloudFront's reason for refusing a signature. What is missing now may be
          // there in a moment, so it is remembered only as long as a flood takes to notice.
          ...[403, 404].map((errorCode) => ({ errorCode, errorCachingMinTtl: 10 })),
          ...[500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 1 })),
        ],
        httpVersion: args.httpVersion,
        isIpv6Enabled: true,
        priceClass: args.priceClass,
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...answerFor(args.domain),
        webAclId: args.webAclArn,
        ...(args.continuousDeploymentPolicy && { continuousDeploymentPolicyId: args.continuousDeploymentPolicy }),
      },
      child,
    );
    args.domain?.leadTo(distribution);

    const { stagingDistribution } = args;
    const distributionArns = [
      distribution.arn,
      ...(stagingDistribution ? [distribution.arn.apply((arn) => arn.replace(/[^/]*$/, stagingDistribution))] : []),
    ];
    new aws.s3.BucketPolicy(
      `${name}-bucket-policy`,
      {
        bucket: args.bucket.bucketName,
        policy: pulumi.jsonStringify(
          pulumi
            .output({
              bucketArn: args.bucket.arn,
              distributionArns,
              longestUrlSeconds: args.longestUrlSeconds,
              adminMfa: args.adminMfa,
              adminRoles: args.adminRoles,
              keyArn: args.bucket.key?.arn,
            })
            .apply(mediaBucketPolicy),
        ),
      },
      child,
    );

    new aws.kms.KeyPolicy(
      `${name}-key-policy`,
      { keyId: args.key.id, policy: args.key.policyFor(distributionArns) },
      { parent: this },
    );

    this.distributionId = distribution.id;
    this.arn = distribution.arn;
    this.domainName = args.domain ? pulumi.output(args.domain.host) : distribution.domainName;
    this.registerOutputs({ distributionId: this.distributionId, arn: this.arn, domainName: this.domainName });
  }
}

function responseHeaderRules(webOrigins: readonly string[]): aws.cloudfront.ResponseHeadersPolicyArgs {
  return {
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      // A file that only pretends to be a picture runs nothing when it is opened by itself.
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
      frameOptions: { frameOption: "DENY", override: true },
      // A signed URL must not travel on in a Referer header.
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 730 * day, includeSubdomains: true, override: true },
    },
    ...(webOrigins.length > 0 && {
      corsConfig: {
        accessControlAllowOrigins: { items: [...webOrigins] },
        accessControlAllowMethods: { items: ["GET", "HEAD"] },
        accessControlAllowHeaders: { items: ["Range"] },
        accessControlExposeHeaders: { items: ["Content-Length", "Content-Range", "ETag"] },
        // Signed cookies travel on requests with credentials only.
        accessControlAllowCredentials: true,
        accessControlMaxAgeSec: 3600,
        originOverride: true,
      },
    }),
  };
}
