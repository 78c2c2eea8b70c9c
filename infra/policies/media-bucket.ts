import { denyWithoutTls, type PolicyDocument, policyDocument, type Statement } from "./document.ts";

export interface MediaBucketFacts {
  readonly bucketArn: string;
  readonly distributionArn: string;
  /** The key that objects lie under; undefined for S3's own. */
  readonly keyArn?: string | undefined;
  /** The longest life of a presigned URL that the stack issues. */
  readonly longestUrlSeconds: number;
}

/** The bucket's own policy: what holds even for a caller whose role would allow more. */
export function mediaBucketPolicy(facts: MediaBucketFacts): PolicyDocument {
  const { bucketArn, distributionArn, longestUrlSeconds, keyArn } = facts;
  const everything = [bucketArn, `${bucketArn}/*`];
  return policyDocument(
    {
      Sid: "AllowThisDistributionToRead",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: [`${bucketArn}/media/*`, `${bucketArn}/originals/*`],
      // The service principal speaks for every customer of CloudFront; only the ARN says that it is us.
      Condition: { StringEquals: { "aws:SourceArn": distributionArn } },
    },
    denyWithoutTls("s3:*", everything),
    {
      Sid: "DenyOldTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: everything,
      Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
    },
    {
      Sid: "DenyStaleSignatures",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: everything,
      // Whoever holds the role can presign for seven days; the bucket does not honour it. The key counts milliseconds.
      Condition: { NumericGreaterThan: { "s3:signatureAge": String(longestUrlSeconds * 1000) } },
    },
    {
      Sid: "DenyOverwritesInQuarantine",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${bucketArn}/uploads/*`,
      Condition: {
        Null: { "s3:if-none-match": "true" },
        // UploadPart can't carry If-None-Match; completing the upload can.
        Bool: { "s3:ObjectCreationOperation": "true" },
        // Nor can a form, whose policy pins all else: the worker takes what comes first and throws the rest away.
        StringNotEquals: { "s3:authType": "POST" },
      },
    },
    denyOther("Encryption", "s3:x-amz-server-side-encryption", keyArn ? "aws:kms" : "AES256", `${bucketArn}/*`),
    ...(keyArn ? [denyOther("Keys", "s3:x-amz-server-side-encryption-aws-kms-key-id", keyArn, `${bucketArn}/*`)] : []),
    // What lies in an archive the worker can't read, and its photo would stay on its way for ever.
    denyOther("StorageClasses", "s3:x-amz-storage-class", "STANDARD", `${bucketArn}/uploads/*`),
    {
      Sid: "DenyCustomerKeys",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${bucketArn}/*`,
      // An object under a caller's own key is one that neither the worker nor CloudFront can read.
      Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
    },
  );
}

/** Without the header the bucket's default holds. A negated operator alone, even with IfExists, would refuse that too. */
function denyOther(what: string, key: string, value: string, resource: string): Statement {
  return {
    Sid: `DenyOther${what}`,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: resource,
    Condition: { Null: { [key]: "false" }, StringNotEquals: { [key]: value } },
  };
}
