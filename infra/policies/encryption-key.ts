import { type PolicyDocument, policyDocument, type Statement } from "./document.ts";

/** A key of the stack and the region it is in. */
export interface KeyFacts {
  readonly keyArn: string;
  readonly region: string;
}

export interface EncryptionKeyFacts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** The distributions that may read what the key encrypts; they come after the key. */
  readonly distributionArns?: readonly string[];
}

/** The services that use the key in the name of whoever calls them. */
export const keyServices = ["dynamodb", "s3", "secretsmanager", "sns", "sqs"] as const;
export type KeyService = (typeof keyServices)[number];

/** In a key's policy, the key itself. */
const wholeKey = "*";

const use = ["kms:Decrypt", "kms:GenerateDataKey*"];

/** What a role needs of the key beside what it may do with a service's resources; nothing without that service. */
export function keyUse({ keyArn, region }: KeyFacts, ...services: KeyService[]): Statement {
  return {
    Sid: "UseKey",
    Effect: "Allow",
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: keyArn,
    Condition: { StringEquals: { "kms:ViaService": through(services, region) } },
  };
}

/**
 * The key's own policy. The account's administrators look after the key, but nobody, not even they, decrypts with it other
 * than through a service; and AWS's services use it for this account's resources alone.
 */
export function encryptionKeyPolicy(facts: EncryptionKeyFacts): PolicyDocument {
  const { partition, region, accountId, distributionArns = [] } = facts;
  const account = { AWS: `arn:${partition}:iam::${accountId}:root` };
  const arnOf = (service: string) => `arn:${partition}:${service}:${region}:${accountId}:*`;
  const ofAccount = { "aws:SourceAccount": accountId };
  return policyDocument(
    {
      Sid: "AllowAccountToAdminister",
      Effect: "Allow",
      Principal: account,
      Action: [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:List*",
        "kms:PutKeyPolicy",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      Resource: wholeKey,
    },
    {
      Sid: "AllowAccountThroughServices",
      Effect: "Allow",
      Principal: account,
      // What IAM's policies then allow whom. Making a table asks for the other two.
      Action: [...use, "kms:Encrypt", "kms:ReEncrypt*"],
      Resource: wholeKey,
      Condition: {
        StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": through(keyServices, region) },
      },
    },
    {
      Sid: "AllowGrantsToServices",
      Effect: "Allow",
      Principal: account,
      // DynamoDB keeps a grant of its own for what it does in the background.
      Action: "kms:CreateGrant",
      Resource: wholeKey,
      Condition: {
        Bool: { "kms:GrantIsForAWSResource": "true" },
        StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": through(["dynamodb"], region) },
      },
    },
    allowService(
      "AllowLogs",
      `logs.${region}.amazonaws.com`,
      [...use, "kms:DescribeKey", "kms:Encrypt", "kms:ReEncrypt*"],
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arnOf("logs") } },
    ),
    // Without these, S3, SNS and CloudWatch drop what they have for an encrypted queue or topic, and say nothing.
    allowService("AllowBucketEvents", "s3.amazonaws.com", use, {
      StringEquals: ofAccount,
      ArnLike: { "kms:EncryptionContext:aws:sqs:arn": arnOf("sqs") },
    }),
    allowService("AllowTopicsToQueues", "sns.amazonaws.com", use, {
      ArnLike: { "kms:EncryptionContext:aws:sqs:arn": arnOf("sqs") },
    }),
    allowService("AllowAlarms", "cloudwatch.amazonaws.com", use, {
      StringEquals: ofAccount,
      ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": arnOf("sns") },
    }),
    allowService("AllowTrails", "cloudtrail.amazonaws.com", ["kms:DescribeKey", "kms:GenerateDataKey*"], {
      ArnLike: { "aws:SourceArn": `arn:${partition}:cloudtrail:${region}:${accountId}:trail/*` },
    }),
    ...(distributionArns.length === 0
      ? []
      : [
          allowService("AllowThisDistributionToDecrypt", "cloudfront.amazonaws.com", "kms:Decrypt", {
            // As in the bucket's policy: the service speaks for every customer of CloudFront.
            StringEquals: { "aws:SourceArn": distributionArns },
          }),
        ]),
  );
}

function allowService(
  Sid: string,
  Service: string,
  Action: Statement["Action"],
  Condition: NonNullable<Statement["Condition"]>,
): Statement {
  return { Sid, Effect: "Allow", Principal: { Service }, Action, Resource: wholeKey, Condition };
}

function through(services: readonly KeyService[], region: string): string[] {
  return services.map((service) => `${service}.${region}.amazonaws.com`);
}
