import { Type } from "typebox";

const closed = { additionalProperties: false };
const off = Type.Optional(Type.Literal(false));
const noneOf = Type.Optional(Type.Array(Type.Unknown(), { maxItems: 0 }));
/** Properties that make no difference on a laptop. */
const inert = Type.Optional(Type.Unknown());

const behaviourProperties = {
  allowedMethods: Type.Array(Type.String()),
  cachedMethods: Type.Array(Type.String()),
  cachePolicyId: Type.String(),
  compress: Type.Optional(Type.Boolean()),
  functionAssociations: Type.Optional(
    Type.Array(
      Type.Object({ eventType: Type.Enum(["viewer-request", "viewer-response"]), functionArn: Type.String() }, closed),
    ),
  ),
  lambdaFunctionAssociations: noneOf,
  originRequestPolicyId: Type.Optional(Type.String()),
  responseHeadersPolicyId: Type.Optional(Type.String()),
  smoothStreaming: off,
  targetOriginId: Type.String(),
  trustedKeyGroups: Type.Optional(Type.Array(Type.String())),
  trustedSigners: noneOf,
  // Loopback stands for TLS, so every policy is satisfied.
  viewerProtocolPolicy: inert,
};
/** `defaultCacheBehavior`; the ordered ones have a path pattern besides. */
export const DeclaredBehaviour = Type.Object(behaviourProperties, closed);
const OrderedBehaviour = Type.Object({ ...behaviourProperties, pathPattern: Type.String() }, closed);

export const DeclaredOrigin = Type.Object(
  {
    connectionAttempts: inert,
    connectionTimeout: inert,
    // Loopback stands for TLS on the way to the origin too.
    customOriginConfig: inert,
    customHeaders: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }, closed))),
    domainName: Type.String(),
    originAccessControlId: Type.Optional(Type.String()),
    originId: Type.String(),
    originPath: Type.Optional(Type.String()),
    originShield: inert,
    s3OriginConfig: Type.Optional(Type.Object({ originAccessIdentity: Type.Literal("") }, closed)),
  },
  closed,
);

export const ErrorResponse = Type.Object(
  {
    errorCachingMinTtl: Type.Optional(Type.Integer({ minimum: 0 })),
    errorCode: Type.Integer(),
    responseCode: Type.Optional(Type.Integer()),
    responsePagePath: Type.Optional(Type.String({ pattern: "^/" })),
  },
  closed,
);

/** A distribution as the local edge can honour it. */
export const DistributionInputs = Type.Object(
  {
    aliases: Type.Optional(Type.Array(Type.String())),
    cacheTagConfig: Type.Optional(Type.Object({ headerName: Type.String() }, closed)),
    comment: inert,
    customErrorResponses: Type.Optional(Type.Array(ErrorResponse)),
    defaultCacheBehavior: DeclaredBehaviour,
    defaultRootObject: Type.Optional(Type.String()),
    enabled: Type.Literal(true),
    httpVersion: inert,
    isIpv6Enabled: inert,
    loggingConfig: inert,
    orderedCacheBehaviors: Type.Optional(Type.Array(OrderedBehaviour)),
    originGroups: noneOf,
    origins: Type.Array(DeclaredOrigin, { minItems: 1 }),
    priceClass: inert,
    restrictions: Type.Object({
      geoRestriction: Type.Object({
        locations: Type.Optional(Type.Array(Type.String())),
        restrictionType: Type.Enum(["none", "whitelist", "blacklist"]),
      }),
    }),
    retainOnDelete: inert,
    staging: off,
    tags: inert,
    viewerCertificate: inert,
    waitForDeployment: inert,
    webAclId: Type.Optional(Type.String()),
  },
  closed,
);

export const AccessControlInputs = Type.Object({
  originAccessControlOriginType: Type.Literal("s3"),
  signingBehavior: Type.Enum(["always", "never", "no-override"]),
  signingProtocol: Type.Literal("sigv4"),
});

export const DistributionOutputs = Type.Object({ arn: Type.String(), domainName: Type.String() });

/** What else a delivery has, such as its destination, is for AWS alone. */
export const LogDeliveryInputs = Type.Object({ recordFields: Type.Optional(Type.Array(Type.String())) });
