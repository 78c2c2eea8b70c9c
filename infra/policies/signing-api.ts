import { type PolicyDocument, policyDocument } from "./document.ts";

export interface SigningApiFacts {
  readonly bucketArn: string;
  readonly tableArn: string;
  /** The secret of the slot that signs, not of the other one. */
  readonly signingSecretArn: string;
}

/** What the signing API may do itself, and so the most that a URL it presigns can do. */
export function signingApiPolicy({ bucketArn, tableArn, signingSecretArn }: SigningApiFacts): PolicyDocument {
  return policyDocument(
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
      Sid: "KeepPhotos",
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
      Resource: tableArn,
    },
    { Sid: "ListPhotosOfOwner", Effect: "Allow", Action: "dynamodb:Query", Resource: `${tableArn}/index/gsi1` },
    {
      Sid: "ReadSigningKey",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: signingSecretArn,
    },
  );
}
