import { expect } from "chai";
import type { Declared } from "../policy-pack/control.ts";
import { controls } from "../policy-pack/controls.ts";
import { suppressions } from "../policy-pack/suppressions.ts";
import { declare } from "./support/declared.ts";
import { change, declaredResource, grant, otherwise, type Step, without } from "./support/mutations.ts";
import { declaredIn, examine } from "./support/pack.ts";

/**
 * What makes one control fail, on the stack prod, and on which resource (none: the stack as a whole). Where prod does without the
 * control, `given` is what would meet it; then the control's own suppressions are left out.
 */
interface Mutation {
  readonly control: string;
  readonly blames: string | undefined;
  readonly given?: readonly Step[];
  readonly step: Step;
}

const anybody = { Effect: "Allow", Principal: "*" };
const anyAccount = { Effect: "Allow", Principal: { AWS: ["*"] } };
const plainHttp = (name: string) => without(name, "policy", "DenyWithoutTls");

/** The common kind: one property of one resource is set otherwise, which is that resource's fault. */
function flips(control: string, blames: string, path: string, value: unknown, given?: readonly Step[]): Mutation {
  return { control, blames, step: change(blames, path, value), ...(given && { given }) };
}

const block = "latchkey-media-access-block";
const noBlock = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: false,
};
const decryptWithAny = { Effect: "Allow", Action: ["kms:*"], Resource: "arn:aws:kms:eu-west-1:000000000000:key/*" };

const mutations: readonly Mutation[] = [
  flips("CloudFront.1", "latchkey-cdn", "defaultRootObject", undefined),
  flips("CloudFront.3", "latchkey-cdn", "defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
  flips("CloudFront.3", "latchkey-cdn", "orderedCacheBehaviors.1.viewerProtocolPolicy", "allow-all"),
  flips(
    "CloudFront.4",
    "latchkey-cdn",
    "originGroups",
    [],
    [change("latchkey-cdn", "originGroups", [{ originId: "both" }])],
  ),
  flips("CloudFront.5", "latchkey-cdn", "loggingConfig", undefined, [
    change("latchkey-cdn", "loggingConfig", { bucket: "logs.s3.amazonaws.com" }),
  ]),
  flips("CloudFront.6", "latchkey-api-edge", "webAclId", undefined),
  flips("CloudFront.7", "latchkey-cdn", "viewerCertificate", { cloudfrontDefaultCertificate: true }),
  flips("CloudFront.8", "latchkey-cdn", "viewerCertificate.sslSupportMethod", "vip"),
  flips("CloudFront.10", "latchkey-api-edge", "origins.0.customOriginConfig.originSslProtocols", ["TLSv1.2", "SSLv3"]),
  flips("CloudFront.12", "latchkey-cdn", "origins.0.domainName", "somebody-elses.s3.eu-west-1.amazonaws.com"),
  flips("CloudFront.13", "latchkey-cdn", "origins.0.originAccessControlId", undefined),
  flips("CloudFront.15", "latchkey-cdn", "viewerCertificate.minimumProtocolVersion", "TLSv1.1_2016"),
  flips("CloudFront.16", "latchkey-api-edge", "origins.0.domainName", "abc.lambda-url.eu-west-1.on.aws"),
  flips("CloudFront.17", "latchkey-cdn", "orderedCacheBehaviors.0.trustedKeyGroups", []),
  flips("CloudFront.17", "latchkey-cdn", "defaultCacheBehavior.trustedSigners", ["self"]),

  {
    control: "S3.1",
    blames: "account-block",
    given: [
      declaredResource("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "account-block", {
        ...noBlock,
        restrictPublicBuckets: true,
      }),
    ],
    step: change("account-block", "restrictPublicBuckets", false),
  },
  {
    control: "S3.2",
    blames: "latchkey-cdn-bucket-policy",
    step: grant("latchkey-cdn-bucket-policy", { ...anybody, Action: "s3:Get*", Resource: "*" }),
  },
  {
    control: "S3.2",
    blames: "open",
    step: declaredResource("aws:s3/bucketAcl:BucketAcl", "open", { acl: "public-read" }),
  },
  {
    control: "S3.3",
    blames: "granting",
    step: declaredResource("aws:s3/bucketAcl:BucketAcl", "granting", {
      accessControlPolicy: {
        grants: [{ grantee: { uri: "http://acs.amazonaws.com/groups/global/AllUsers" }, permission: "WRITE" }],
      },
    }),
  },
  {
    control: "S3.3",
    blames: "latchkey-audit-logs-policy",
    step: grant("latchkey-audit-logs-policy", { ...anyAccount, Action: "s3:PutObject", Resource: "*" }),
  },
  { control: "S3.5", blames: "latchkey-media", step: plainHttp("latchkey-cdn-bucket-policy") },
  { control: "S3.5", blames: "latchkey-audit-logs", step: plainHttp("latchkey-audit-logs-policy") },
  ...Object.keys(noBlock).map((each) => ({
    control: "S3.8",
    blames: "latchkey-media",
    step: change(block, each, false),
  })),
  { control: "S3.8", blames: "latchkey-media", step: otherwise(block, undefined) },
  { control: "S3.9", blames: "latchkey-media", step: otherwise("latchkey-audit-access", undefined) },
  {
    control: "S3.12",
    blames: "latchkey-media",
    step: change("latchkey-media-ownership", "rule.objectOwnership", "ObjectWriter"),
  },
  {
    control: "S3.13",
    blames: "latchkey-audit-logs",
    step: change("latchkey-audit-logs-lifecycle", "rules.0.status", "Disabled"),
  },
  {
    control: "S3.14",
    blames: "latchkey-media",
    step: change("latchkey-media-versioning", "versioningConfiguration.status", "Suspended"),
  },
  {
    control: "S3.17",
    blames: "latchkey-media",
    step: change("latchkey-media-encryption", "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", "AES256"),
  },

  flips("WAF.10", "latchkey-edge", "rules", []),
  { control: "WAF.11", blames: "latchkey-edge", step: otherwise("latchkey-edge-logging", undefined) },
  flips("WAF.12", "latchkey-edge", "rules.3.visibilityConfig.cloudwatchMetricsEnabled", false),
  flips("WAF.12", "latchkey-edge", "visibilityConfig.cloudwatchMetricsEnabled", false),

  {
    control: "Lambda.1",
    blames: "anybody",
    step: declaredResource("aws:lambda/permission:Permission", "anybody", { principal: "*" }),
  },
  {
    control: "Lambda.1",
    blames: "any-bucket",
    step: declaredResource("aws:lambda/permission:Permission", "any-bucket", { principal: "s3.amazonaws.com" }),
  },
  flips("Lambda.2", "latchkey-api", "runtime", "nodejs18.x"),
  flips("Lambda.3", "latchkey-api", "vpcConfig", undefined, [
    change("latchkey-api", "vpcConfig", { subnetIds: ["subnet-1"] }),
  ]),
  flips("Lambda.7", "latchkey-renditions-worker", "tracingConfig.mode", "PassThrough"),

  flips("DynamoDB.1", "latchkey-photos", "billingMode", "PROVISIONED"),
  flips("DynamoDB.2", "latchkey-photos", "pointInTimeRecovery.enabled", false),
  flips("DynamoDB.6", "latchkey-photos", "deletionProtectionEnabled", false),

  flips("Cognito.1", "latchkey-identity", "userPoolAddOns.advancedSecurityMode", "AUDIT"),
  flips("Cognito.2", "latchkey-identity-uploads", "allowUnauthenticatedIdentities", true),
  flips("Cognito.3", "latchkey-identity", "passwordPolicy.minimumLength", 7),
  flips("Cognito.3", "latchkey-identity", "passwordPolicy.requireSymbols", false),
  flips("Cognito.3", "latchkey-identity", "passwordPolicy.temporaryPasswordValidityDays", 30),
  flips("Cognito.4", "latchkey-identity", "userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode", "AUDIT"),
  flips("Cognito.5", "latchkey-identity", "mfaConfiguration", "OFF"),
  flips("Cognito.6", "latchkey-identity", "deletionProtection", "INACTIVE"),

  flips("APIGateway.8", "latchkey-api-http-any-v1-proxy", "authorizationType", "NONE"),
  flips("APIGateway.9", "latchkey-api-http-stage", "accessLogSettings", undefined),

  {
    control: "KMS.1",
    blames: "wide",
    step: declaredResource("aws:iam/policy:Policy", "wide", { policy: { Statement: decryptWithAny } }),
  },
  { control: "KMS.2", blames: "latchkey-api-role-policy", step: grant("latchkey-api-role-policy", decryptWithAny) },
  {
    control: "KMS.2",
    blames: "latchkey-api-role-policy",
    step: grant("latchkey-api-role-policy", { Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
  },
  flips("KMS.4", "latchkey-edge-key", "enableKeyRotation", false),
  {
    control: "KMS.5",
    blames: "latchkey-cdn-key-policy",
    step: grant("latchkey-cdn-key-policy", { ...anyAccount, Action: "kms:Decrypt", Resource: "*" }),
  },
  {
    control: "KMS.5",
    blames: "latchkey-key",
    step: grant("latchkey-key", {
      ...anybody,
      Action: "kms:*",
      Resource: "*",
      Condition: { StringLike: { "kms:CallerAccount": "*" } },
    }),
  },

  { control: "SecretsManager.1", blames: "latchkey-signer-a", step: otherwise("latchkey-rotation", undefined) },
  flips("SecretsManager.4", "latchkey-rotation", "rotationRules.automaticallyAfterDays", 91),

  flips("SQS.1", "latchkey-renditions-queue-dead-letters", "kmsMasterKeyId", undefined),
  {
    control: "SQS.3",
    blames: "latchkey-renditions-queue-policy",
    step: grant("latchkey-renditions-queue-policy", { ...anybody, Action: "sqs:SendMessage" }),
  },
  flips("SNS.1", "latchkey-alarms", "kmsMasterKeyId", undefined),
  {
    control: "SNS.4",
    blames: "latchkey-renditions-topic-policy",
    step: grant("latchkey-renditions-topic-policy", { ...anybody, Action: "sns:Publish" }),
  },

  { control: "CloudTrail.1", blames: undefined, step: change("latchkey-audit", "isMultiRegionTrail", false) },
  {
    control: "CloudTrail.1",
    blames: undefined,
    step: change("latchkey-audit", "advancedEventSelectors.0.fieldSelectors.1", {
      field: "readOnly",
      equals: ["false"],
    }),
  },
  { control: "CloudTrail.1", blames: undefined, step: otherwise("latchkey-audit", undefined) },
  flips("CloudTrail.2", "latchkey-audit", "kmsKeyId", undefined),
  flips("CloudTrail.4", "latchkey-audit", "enableLogFileValidation", false),
  flips("CloudTrail.5", "latchkey-audit", "cloudWatchLogsGroupArn", undefined),
];

describe("Each control of the policy pack", () => {
  let prod: readonly Declared[];

  before(async () => {
    prod = declaredIn(await declare("prod"));
  });

  it("is broken by a mutation, but for those that nothing declared can break", () => {
    const breakable = controls.filter((control) => !("unverifiable" in control)).map(({ id }) => id);
    expect(new Set(mutations.map(({ control }) => control))).to.have.all.keys(...breakable);
  });

  mutations.forEach(({ control, blames, given, step }, index) => {
    it(`${control} alone fails, on ${blames ?? "the stack"}, when ${step.told} (${index + 1})`, () => {
      const accepted = given ? suppressions.filter((suppression) => suppression.control !== control) : suppressions;
      const keyOf = (violation: { control: string; urn?: string }) =>
        `${violation.control} ${violation.urn?.split("::").at(-1)}`;
      const whole = (given ?? []).reduce((resources, each) => each.apply(resources), prod);
      const before = new Set(examine(whole, accepted).map(keyOf));
      const after = examine(step.apply(whole), accepted).map(keyOf);
      expect(after.filter((key) => !before.has(key))).to.deep.equal([`${control} ${blames}`]);
    });
  });
});
