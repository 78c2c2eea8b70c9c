import {
  type Control,
  type Declared,
  type Fault,
  type Finding,
  faultsAt,
  is,
  isSet,
  listAt,
  valueAt,
} from "../control.ts";
import { eachOf, naming, ofType } from "../related.ts";
import { concerns, conditionsOf, isForAnybody, isPublic, statementsOf } from "../statements.ts";

const bucket = "aws:s3/bucket:Bucket";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const bucketAcl = "aws:s3/bucketAcl:BucketAcl";
const accountBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";

const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

interface Access {
  readonly actions: readonly string[];
  /** Of an ACL's grants. */
  readonly permissions: readonly string[];
  /** S3's canned ones. */
  readonly acls: readonly string[];
}

const reading: Access = {
  actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
  permissions: ["READ", "FULL_CONTROL"],
  acls: ["public-read", "public-read-write", "authenticated-read"],
};

const writing: Access = {
  actions: ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketPolicy"],
  permissions: ["WRITE", "WRITE_ACP", "FULL_CONTROL"],
  acls: ["public-read-write"],
};

export const s3Controls: readonly Control[] = [
  {
    id: "S3.1",
    title: "The account blocks public access to all its buckets",
    how: "by whoever administers the account",
    *findings(resources) {
      const declared = ofType(resources, accountBlock);
      if (declared.length === 0) yield { fault: { property: accountBlock, value: undefined, mend: "declare one" } };
      yield* eachOf(accountBlock, blockFaults)(resources);
    },
  },
  {
    id: "S3.2",
    title: "Nobody unknown reads a bucket",
    how: "no bucket policy allows anybody to read, and no bucket has an ACL",
    types: [bucketPolicy, bucketAcl],
    faults: (it) => publicFaults(it, reading),
  },
  {
    id: "S3.3",
    title: "Nobody unknown writes to a bucket",
    how: "no bucket policy allows anybody to write, and no bucket has an ACL",
    types: [bucketPolicy, bucketAcl],
    faults: (it) => publicFaults(it, writing),
  },
  {
    id: "S3.5",
    title: "A bucket refuses requests without TLS",
    how: "each bucket's policy denies them, the media's whatever is older than TLS 1.2 too",
    findings: ofEachBucket(bucketPolicy, "deny s3:* where aws:SecureTransport is false, to bucket and objects", (it) =>
      statementsOf(it.props.policy).some(refusesPlainHttp) ? [] : [{ property: "policy", value: it.props.policy }],
    ),
  },
  {
    id: "S3.8",
    title: "A bucket blocks public access",
    how: "all four blocks are on, on every bucket",
    findings: ofEachBucket(
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "set all four to true",
      blockFaults,
    ),
  },
  {
    id: "S3.9",
    title: "A bucket writes an access log",
    how: "the media's does, to the log bucket; the trail has every object's reads and writes besides",
    findings: settingOfEachBucket(
      "aws:s3/bucketLogging:BucketLogging",
      "targetBucket",
      isSet,
      "name a bucket for the log",
    ),
  },
  {
    id: "S3.12",
    title: "No ACL opens a bucket",
    how: "`objectOwnership` is `BucketOwnerEnforced`, which turns ACLs off",
    findings: settingOfEachBucket(
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "rule.objectOwnership",
      is("BucketOwnerEnforced"),
      "take BucketOwnerEnforced",
    ),
  },
  {
    id: "S3.13",
    title: "A bucket has a lifecycle",
    how: "rules for abandoned uploads and parts, old versions and old logs",
    findings: settingOfEachBucket(
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "rules",
      (rules) => [rules].flat().some((rule) => valueAt(rule, "status") === "Enabled"),
      "give it a rule that is on",
    ),
  },
  {
    id: "S3.14",
    title: "A bucket keeps versions",
    how: "on, on every bucket; the lifecycle ends them",
    findings: settingOfEachBucket(
      "aws:s3/bucketVersioning:BucketVersioning",
      "versioningConfiguration.status",
      is("Enabled"),
      "set it to Enabled",
    ),
  },
  {
    id: "S3.17",
    title: "A bucket's objects lie under a KMS key",
    how: "the media's do by default (`latchkey:bucketEncryption`), under the stack's own key",
    findings: settingOfEachBucket(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm",
      is("aws:kms", "aws:kms:dsse"),
      "take aws:kms; on a stack's bucket set latchkey:bucketEncryption to kms",
    ),
  },
];

/** What S3 knows of a bucket is spread over resources beside it; whatever is wrong with them is told of the bucket. */
function ofEachBucket(
  sideType: string,
  mend: string,
  faults: (side: Declared) => readonly Omit<Fault, "mend">[],
): (resources: readonly Declared[]) => Iterable<Finding> {
  return eachOf(bucket, (it, all) => {
    const sides = naming(it, all, sideType, "bucket");
    if (sides.length === 0) return [{ property: sideType, value: undefined, mend: `declare one for it: ${mend}` }];
    return sides.flatMap((side) =>
      faults(side).map(({ property, value }) => ({ property: `${property} of ${side.name}`, value, mend })),
    );
  });
}

/** The same of one property of the resource beside it. */
function settingOfEachBucket(sideType: string, property: string, isRight: (value: unknown) => boolean, mend: string) {
  return ofEachBucket(sideType, mend, (side) => faultsAt(side, property, isRight, mend));
}

function blockFaults(it: Declared): readonly Fault[] {
  return blocks.flatMap((block) => faultsAt(it, block, is(true), "set it to true"));
}

function publicFaults({ props }: Declared, access: Access): readonly Fault[] {
  const statements = statementsOf(props.policy).filter(
    (statement) => isPublic(statement) && concerns(statement, access.actions),
  );
  const grants = listAt(props, "accessControlPolicy.grants").filter(
    (grant) =>
      /\/(AllUsers|AuthenticatedUsers)$/.test(String(valueAt(grant, "grantee.uri"))) &&
      access.permissions.includes(String(valueAt(grant, "permission"))),
  );
  return [
    ...statements.map((value) => ({ property: "policy", value, mend: "name who may, or take the statement out" })),
    ...grants.map((value) => ({ property: "accessControlPolicy.grants", value, mend: "take no ACL" })),
    ...(access.acls.includes(String(props.acl)) ? [{ property: "acl", value: props.acl, mend: "take no ACL" }] : []),
  ];
}

function refusesPlainHttp(statement: Readonly<Record<string, unknown>>): boolean {
  const resources = listAt(statement, "Resource").map(String);
  const [condition, ...others] = conditionsOf(statement);
  return (
    statement.Effect === "Deny" &&
    isForAnybody(statement) &&
    listAt(statement, "Action").some((action) => action === "s3:*" || action === "*") &&
    resources.some((resource) => resource.endsWith("/*")) &&
    resources.some((resource) => !resource.endsWith("/*")) &&
    condition?.operator === "bool" &&
    condition.key === "aws:securetransport" &&
    condition.values.join() === "false" &&
    others.length === 0
  );
}
