import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { answerFor, type CustomDomain } from "./custom-domain.ts";

export interface ApiDistributionArgs {
  /** Of the HTTP API behind it. */
  originDomainName: pulumi.Input<string>;
  /** Proves to the API that a request came through here. */
  originSecret: pulumi.Input<string>;
  webAclArn: pulumi.Input<string>;
  /** Origins whose pages may call the API by script. */
  webOrigins: readonly string[];
  priceClass: string;
  /** Its own host name, if it has one. */
  domain: CustomDomain | undefined;
}

/** CloudFront's managed policies, by the ids that they have in every account. */
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** CloudFront keeps these for ten seconds unless it is told not to, and by the path alone, whoever asked. */
const errorsThatCloudFrontKeeps = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** The only way to the API: CloudFront, which has a firewall, as HTTP APIs can't. Nothing is cached. */
export class ApiDistribution extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What apps know it by. */
  readonly domainName: pulumi.Output<string>;

  constructor(name: string, args: ApiDistributionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:edge:ApiDistribution", name, {}, opts);
    const child = { parent: this };

    const responseHeaders = new aws.cloudfront.ResponseHeadersPolicy(
      `${name}-headers`,
      { comment: "What browsers may do with answers of Latchkey's API", ...responseHeaderRules(args.webOrigins) },
      child,
    );
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: "Latchkey API",
        origins: [
          {
            originId: "http-api",
            domainName: args.originDomainName,
            customOriginConfig: {
              httpPort: 80,
              httpsPort: 443,
              originProtocolPolicy: "https-only",
              originSslProtocols: ["TLSv1.2"],
              // Longer than the gateway waits for the function, so that its own answer comes through.
              originReadTimeout: 35,
            },
            customHeaders: [{ name: "x-origin-verify", value: args.originSecret }],
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: "http-api",
          // Not redirected: by then the token would have been sent in the clear.
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
          cachedMethods: ["GET", "HEAD"],
          cachePolicyId: cachingDisabled,
          // The gateway knows itself by its own name only.
          originRequestPolicyId: allViewerExceptHostHeader,
          responseHeadersPolicyId: responseHeaders.id,
          compress: false,
        },
        customErrorResponses: errorsThatCloudFrontKeeps.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass: args.priceClass,
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...answerFor(args.domain),
        webAclId: args.webAclArn,
      },
      child,
    );
    args.domain?.leadTo(distribution);

    this.distributionId = distribution.id;
    this.arn = distribution.arn;
    this.domainName = args.domain ? pulumi.output(args.domain.host) : distribution.domainName;
    this.registerOutputs({ distributionId: this.distributionId, domainName: this.domainName });
  }
}

/**
 * The API says all this of its own answers, and is not overridden. It is for those of the gateway, which refuses tokens
 * and too many requests: a page's script must be able to read that it has to sign in.
 */
function responseHeaderRules(webOrigins: readonly string[]): aws.cloudfront.ResponseHeadersPolicyArgs {
  return {
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: {
        contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        override: false,
      },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
    },
    customHeadersConfig: { items: [{ header: "cache-control", value: "private, no-store", override: false }] },
    ...(webOrigins.length > 0 && {
      corsConfig: {
        accessControlAllowOrigins: { items: [...webOrigins] },
        accessControlAllowMethods: { items: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] },
        accessControlAllowHeaders: { items: ["authorization", "content-type", "idempotency-key", "x-request-id"] },
        accessControlExposeHeaders: { items: ["date", "idempotency-replayed", "retry-after", "x-request-id"] },
        accessControlAllowCredentials: false,
        accessControlMaxAgeSec: 3600,
        originOverride: false,
      },
    }),
  };
}
