/** What AWS Config knows of one kind of resource, and its managed rules for it, by the control of Security Hub that each answers for. */
export interface ResourceRules {
  readonly resourceType: string;
  readonly rules: Readonly<Record<string, string>>;
}

export const watchedKinds = ["bucket", "mediaBucket", "table", "topic", "function", "distribution"] as const;
export type WatchedKind = (typeof watchedKinds)[number];

/**
 * The managed rules that a stack's resources can be watched by. Only those that look when something changes: rules that go
 * by the clock can't be held to one resource, and would judge the whole account.
 */
export const complianceRules: Readonly<Record<WatchedKind, ResourceRules>> = {
  bucket: {
    resourceType: "AWS::S3::Bucket",
    rules: {
      "S3.2": "S3_BUCKET_PUBLIC_READ_PROHIBITED",
      "S3.3": "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
      "S3.5": "S3_BUCKET_SSL_REQUESTS_ONLY",
      "S3.8": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
      "S3.12": "S3_BUCKET_ACL_PROHIBITED",
      "S3.13": "S3_LIFECYCLE_POLICY_CHECK",
      "S3.14": "S3_BUCKET_VERSIONING_ENABLED",
    },
  },
  mediaBucket: {
    resourceType: "AWS::S3::Bucket",
    rules: { "S3.9": "S3_BUCKET_LOGGING_ENABLED", "S3.17": "S3_DEFAULT_ENCRYPTION_KMS" },
  },
  table: {
    resourceType: "AWS::DynamoDB::Table",
    rules: { "DynamoDB.2": "DYNAMODB_PITR_ENABLED", "DynamoDB.6": "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED" },
  },
  topic: { resourceType: "AWS::SNS::Topic", rules: { "SNS.1": "SNS_ENCRYPTED_KMS" } },
  function: {
    resourceType: "AWS::Lambda::Function",
    rules: { "Lambda.1": "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED" },
  },
  distribution: {
    resourceType: "AWS::CloudFront::Distribution",
    rules: {
      "CloudFront.1": "CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED",
      "CloudFront.3": "CLOUDFRONT_VIEWER_POLICY_HTTPS",
      "CloudFront.6": "CLOUDFRONT_ASSOCIATED_WITH_WAF",
      "CloudFront.8": "CLOUDFRONT_SNI_ENABLED",
      "CloudFront.10": "CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS",
      "CloudFront.13": "CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED",
    },
  },
};
