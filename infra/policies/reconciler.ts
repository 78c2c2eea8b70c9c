import type { Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

export interface ReconcilerFacts {
  readonly bucketArn: string;
  readonly tableArn: string;
  /** The worker's. */
  readonly queueArn: string;
  readonly key: KeyFacts;
}

/** What the reconciler may do: see what is there and what is due, mend and remove items, and delete bytes; it never reads any. */
export function reconcilerStatements({ bucketArn, tableArn, queueArn, key }: ReconcilerFacts): Statement[] {
  return [
    {
      Sid: "MendItems",
      Effect: "Allow",
      // A transaction asks for what its parts ask for.
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      Resource: tableArn,
    },
    {
      Sid: "FindWhatIsDue",
      Effect: "Allow",
      Action: "dynamodb:Query",
      Resource: ["gsi1", "gsi2", "gsi4"].map((index) => `${tableArn}/index/${index}`),
    },
    {
      Sid: "SeeWhatIsThere",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"],
      Resource: bucketArn,
    },
    {
      Sid: "RemoveBytes",
      Effect: "Allow",
      // Of originals too: the worker takes away what was made of one as soon as it is gone.
      Action: "s3:DeleteObject",
      Resource: [`${bucketArn}/uploads/*`, `${bucketArn}/originals/*`],
    },
    {
      Sid: "EmptyQuarantine",
      Effect: "Allow",
      // For good in the quarantine alone: elsewhere the retention time is there for mistakes, this job's as well.
      Action: "s3:DeleteObjectVersion",
      Resource: `${bucketArn}/uploads/*`,
    },
    {
      Sid: "AbortUploads",
      Effect: "Allow",
      Action: "s3:AbortMultipartUpload",
      Resource: `${bucketArn}/*`,
    },
    { Sid: "SendUploadsAgain", Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
    keyUse(key, "dynamodb", "sqs"),
  ];
}
