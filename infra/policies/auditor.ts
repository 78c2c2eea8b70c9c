import { type OneOrMany, type PolicyDocument, policyDocument, type Statement } from "./document.ts";

/** The folder of IAM by which the permissions boundary knows the role. */
export const auditorPath = "/latchkey-audit/";

export interface AuditorFacts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly bucketArn: string;
  readonly logBucketArn: string;
  readonly trailArn: string;
  readonly tableArn: string;
  readonly userPoolId: string;
  /** The key that the trail's files lie under, and the other ones. */
  readonly keyArn: string;
  readonly keyArns: readonly string[];
  readonly mediaDistributionArn: string;
  readonly apiDistributionArn: string;
}

interface Reading {
  readonly actions: readonly string[];
  readonly on: (facts: AuditorFacts) => OneOrMany<string>;
}

/** What an auditor reads, by resources whose ARNs are known or whose names Pulumi begins with what the program calls them. */
const readings = {
  SeeBuckets: {
    actions: [
      "s3:GetBucketCORS",
      "s3:GetBucketLogging",
      "s3:GetBucketNotification",
      "s3:GetBucketOwnershipControls",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
    ],
    on: ({ bucketArn, logBucketArn }: AuditorFacts) => [bucketArn, logBucketArn],
  },
  ListTrailFiles: { actions: ["s3:ListBucket"], on: ({ logBucketArn }: AuditorFacts) => logBucketArn },
  // Not S3's access logs beside them, which hold whole URLs, signatures too; the trail has every request as well.
  ReadTrailFiles: { actions: ["s3:GetObject"], on: ({ logBucketArn }: AuditorFacts) => `${logBucketArn}/trail/*` },
  SeeTrail: {
    actions: ["cloudtrail:GetEventSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus"],
    on: ({ trailArn }: AuditorFacts) => trailArn,
  },
  ReadLogs: {
    actions: ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"],
    on: (facts: AuditorFacts) => named(facts, "logs", "log-group:*latchkey-*", "*"),
  },
  SeeAlarms: {
    actions: ["cloudwatch:DescribeAlarms"],
    on: (facts: AuditorFacts) => named(facts, "cloudwatch", "alarm:latchkey-*", "*"),
  },
  SeeTable: {
    actions: ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"],
    on: ({ tableArn }: AuditorFacts) => tableArn,
  },
  SeeKeys: {
    actions: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
    on: ({ keyArns }: AuditorFacts) => keyArns,
  },
  SeeSecretSettings: {
    actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
    on: (facts: AuditorFacts) => named(facts, "secretsmanager", "secret:latchkey-*"),
  },
  SeeRoles: {
    actions: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
    on: (facts: AuditorFacts) => named(facts, "iam", "role/latchkey-*", ""),
  },
  SeeBoundary: {
    actions: ["iam:GetPolicy", "iam:GetPolicyVersion"],
    on: (facts: AuditorFacts) => named(facts, "iam", "policy/latchkey-*", ""),
  },
  SeeFunctions: {
    actions: ["lambda:GetFunctionConfiguration", "lambda:GetPolicy"],
    on: (facts: AuditorFacts) => named(facts, "lambda", "function:latchkey-*"),
  },
  SeeQueues: {
    actions: ["sns:GetTopicAttributes", "sqs:GetQueueAttributes"],
    on: (facts: AuditorFacts) => [named(facts, "sns", "latchkey-*", "*"), named(facts, "sqs", "latchkey-*")],
  },
  SeeUserPool: {
    actions: ["cognito-idp:DescribeUserPool", "cognito-idp:GetUserPoolMfaConfig"],
    on: (facts: AuditorFacts) => named(facts, "cognito-idp", `userpool/${facts.userPoolId}`),
  },
  SeeCompliance: {
    actions: [
      "config:DescribeComplianceByConfigRule",
      "config:DescribeConfigRules",
      "config:GetComplianceDetailsByConfigRule",
    ],
    // Rules are known by ids that AWS makes up.
    on: (facts: AuditorFacts) => named(facts, "config", "config-rule/*", "*"),
  },
  SeeFirewall: {
    actions: ["wafv2:GetIPSet", "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL"],
    on: (facts: AuditorFacts) => named(facts, "wafv2", "global/*/latchkey-*", "us-east-1"),
  },
  SeeEdge: {
    actions: ["cloudfront:GetDistribution", "cloudfront:GetDistributionConfig"],
    on: ({ mediaDistributionArn }: AuditorFacts) => mediaDistributionArn,
  },
} satisfies Readonly<Record<string, Reading>>;

/**
 * What somebody from another account may look at: settings, the trail and the logs. Photos, what the table holds, and
 * secrets stay shut to the role even when somebody attaches a generous policy to it.
 */
export function auditorPolicy(facts: AuditorFacts): PolicyDocument {
  const { region, bucketArn, tableArn, trailArn, keyArn, apiDistributionArn } = facts;
  return policyDocument(
    ...Object.entries<Reading>(readings).map(([Sid, { actions: Action, on }]) => ({
      Sid,
      Effect: "Allow" as const,
      Action,
      Resource: on(facts),
    })),
    {
      Sid: "OpenTrailFiles",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keyArn,
      // By what CloudTrail says of its own files as it encrypts them, the key opens nothing else to the auditor.
      Condition: {
        StringEquals: {
          "kms:ViaService": `s3.${region}.amazonaws.com`,
          "kms:EncryptionContext:aws:cloudtrail:arn": trailArn,
        },
      },
    },
    { Sid: "DenyPhotos", Effect: "Deny", Action: "s3:*", Resource: `${bucketArn}/*` },
    {
      Sid: "DenyItems",
      Effect: "Deny",
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:ExportTableToPointInTime",
        "dynamodb:GetItem",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
      ],
      Resource: [tableArn, `${tableArn}/*`],
    },
    {
      Sid: "DenySecrets",
      Effect: "Deny",
      Action: [
        // These two show what a provider of sign-ins knows us by, and what the edge proves itself by to the API.
        "cognito-idp:DescribeIdentityProvider",
        "cloudfront:ListDistributions",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
      ],
      Resource: "*",
    },
    {
      Sid: "DenyOriginSecret",
      Effect: "Deny",
      Action: readings.SeeEdge.actions,
      Resource: apiDistributionArn,
    },
  );
}

/** What the permissions boundary must hold in addition for the auditor, and for no other role. */
export function auditorBoundary({ partition, accountId }: Pick<AuditorFacts, "partition" | "accountId">): Statement {
  return {
    Sid: "Audit",
    Effect: "Allow",
    Action: Object.values(readings).flatMap(({ actions }) => actions),
    Resource: "*",
    Condition: { ArnLike: { "aws:PrincipalArn": `arn:${partition}:iam::${accountId}:role${auditorPath}*` } },
  };
}

function named(
  facts: Pick<AuditorFacts, "partition" | "region" | "accountId">,
  service: string,
  name: string,
  region = facts.region,
): string {
  return `arn:${facts.partition}:${service}:${region}:${facts.accountId}:${name}`;
}
