import {
  type Answers,
  arn,
  characters,
  type Declared,
  hexadecimal,
  lowerCase,
  physicalName,
  placeOf,
  text,
  uuid,
} from "./answer.ts";

const ofBucket = (declared: Declared) => ({ id: text(declared, "bucket") });

export const storageAnswers: Answers = {
  "aws:s3/bucket:Bucket": (declared, { region }) => {
    const bucket = physicalName(declared, "bucket");
    return {
      id: bucket,
      outputs: {
        bucket,
        arn: `arn:aws:s3:::${bucket}`,
        region,
        bucketDomainName: `${bucket}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
      },
    };
  },
  "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": ofBucket,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket,
  "aws:s3/bucketLogging:BucketLogging": ofBucket,
  "aws:s3/bucketNotification:BucketNotification": ofBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket,
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket,
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket,

  "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan": (declared, place) => {
    const id = characters(declared, 20, hexadecimal);
    return { id, outputs: { arn: arn(place, "guardduty", `malware-protection-plan/${id}`), status: "ACTIVE" } };
  },

  "aws:dynamodb/table:Table": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(place, "dynamodb", `table/${name}`) } };
  },

  "aws:kms/alias:Alias": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(placeOf(declared, place), "kms", name) } };
  },
  "aws:kms/key:Key": (declared, place) => {
    const keyId = uuid(declared);
    return { id: keyId, outputs: { keyId, arn: arn(placeOf(declared, place), "kms", `key/${keyId}`) } };
  },
  "aws:kms/keyPolicy:KeyPolicy": (declared) => ({ id: text(declared, "keyId") }),

  "aws:secretsmanager/secretRotation:SecretRotation": (declared) => ({ id: text(declared, "secretId") }),
  "aws:secretsmanager/secret:Secret": (declared, place) => {
    const name = physicalName(declared);
    const id = arn(place, "secretsmanager", `secret:${name}-${characters(declared, 6, lowerCase, "arn")}`);
    return { id, outputs: { name, arn: id } };
  },
};
