import { denyWithoutTls, type PolicyDocument, policyDocument, type Statement } from "./document.ts";

export interface MediaBucketFacts {
  readonly bucketArn: string;
  /** The distribution, and its staging distribution where there is one. */
  readonly distributionArns: readonly string[];
  /** The key that objects lie under; undefined for S3's own. */
  readonly keyArn?: string | undefined;
  /** The longest life of a presigned URL that the stack issues. */
  readonly longestUrlSeconds: number;
  /** Whether what administrators do to the bucket takes a one-time code. */
  readonly adminMfa: boolean;
  /** Roles, `*` in their ARNs standing for anything, of whom no code is asked; those who take them have proved themselves elsewhere. */
  readonly adminRoles: readonly string[];
}

/** The bucket's own policy: what holds even for a caller whose role would allow more. */
export function mediaBucketPolicy(facts: MediaBucketFacts): PolicyDocument {
  const { bucketArn, distributionArns, longestUrlSeconds, keyArn, adminMfa, adminRoles } = facts;
  const everything = [bucketArn, `${bucketArn}/*`];
  return policyDocument(
    {
      Sid: "AllowThisDistributionToRead",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: [`${bucketArn}/media/*`, `${bucketArn}/originals/*`],
      // The service principal speaks for every customer of CloudFront; only the ARN says that it is us.
      Condition: { StringEquals: { "aws:SourceArn": distributionArns } },
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
    ...(adminMfa ? denyAdministrationWithoutMfa(bucketArn, adminRoles) : []),
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

/** No role of the platform does any of this: the worker removes versions in `uploads/` alone. */
function denyAdministrationWithoutMfa(bucketArn: string, adminRoles: readonly string[]): Statement[] {
  const denied = {
    Effect: "Deny" as const,
    Principal: "*" as const,
    Condition: {
      // The key is missing, and not false, under a user's own access key and in sessions of SAML and of OpenID Connect.
      BoolIfExists: { "aws:MultiFactorAuthPresent": "false" },
      ...(adminRoles.length > 0 && { ArnNotLike: { "aws:PrincipalArn": adminRoles } }),
    },
  };
  return [
    {
      Sid: "DenySettingsWithoutMfa",
      Action: [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketLogging",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        // Every photo to a bucket of somebody else's.
        "s3:PutReplicationConfiguration",
      ],
      Resource: bucketArn,
      ...denied,
    },
    {
      Sid: "DenyPurgesWithoutMfa",
      Action: "s3:DeleteObjectVersion",
      Resource: [`${bucketArn}/media/*`, `${bucketArn}/originals/*`],
      ...denied,
    },
  ];
}
