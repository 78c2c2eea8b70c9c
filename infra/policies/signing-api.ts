import type { Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";
import { uploadRolePath } from "./upload-role.ts";

export interface SigningApiFacts {
  readonly bucketArn: string;
  readonly tableArn: string;
  /** The secret of the slot that signs, not of the other one. */
  readonly signingSecretArn: string;
  readonly originSecretArn: string;
  readonly partition: string;
  readonly accountId: string;
  readonly key: KeyFacts;
}

/** What the signing API may do itself, and so the most that a URL it presigns can do. */
export function signingApiStatements(facts: SigningApiFacts): Statement[] {
  const { bucketArn, tableArn, signingSecretArn, originSecretArn, partition, accountId, key } = facts;
  return [
    {
      Sid: "SignUploads",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: `${bucketArn}/uploads/*`,
    },
    {
      Sid: "SignDeletes",
      Effect: "Allow",
      // DeleteObject alone: a URL with a versionId would remove what the retention time is there to keep.
      Action: "s3:DeleteObject",
      Resource: [`${bucketArn}/uploads/*`, `${bucketArn}/originals/*`],
    },
    {
      Sid: "KeepItems",
      Effect: "Allow",
      // A transaction asks for what its parts ask for.
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      Resource: tableArn,
    },
    {
      Sid: "ForgetGrants",
      Effect: "Allow",
      Action: "dynamodb:DeleteItem",
      Resource: tableArn,
      // Members and share links: a photo's item goes when its bytes have gone, and that is the worker's to do.
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["ALBUM#*", "LINK#*"] } },
    },
    {
      Sid: "ListItems",
      Effect: "Allow",
      Action: "dynamodb:Query",
      // Not the fourth: what is due is the reconciler's to know.
      Resource: ["gsi1", "gsi2", "gsi3"].map((index) => `${tableArn}/index/${index}`),
    },
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [signingSecretArn, originSecretArn],
    },
    {
      Sid: "HandOutUploadSessions",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      // The role trusts this one by name, and so comes after it; another stack's does not trust this one.
      Resource: `arn:${partition}:iam::${accountId}:role${uploadRolePath}*`,
    },
    // Decrypt for S3 too: that is how a part of an upload is written.
    keyUse(key, "dynamodb", "s3", "secretsmanager"),
  ];
}
