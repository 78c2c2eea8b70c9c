import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { JourneyError, takeJourney } from "./support/journey.ts";
import { rejection } from "./support/rejection.ts";
import { startTestCloud } from "./support/test-cloud.ts";

/** The value with `change` applied to every object and array inside it, innermost first. */
function changeWithin(value: unknown, change: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return change(value.map((item) => changeWithin(item, change)));
  if (typeof value !== "object" || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, changeWithin(part, change)])));
}

function changeInputs(resource: RecordedResource, change: (part: unknown) => unknown): RecordedResource {
  const edit = (properties: RecordedResource["inputs"]) => changeWithin(properties, change) as typeof properties;
  return { ...resource, inputs: edit(resource.inputs), outputs: edit(resource.outputs) };
}

/** Takes the statement with a Sid out of a policy that a resource holds as JSON text. */
function withoutStatement(resource: RecordedResource, sid: string): RecordedResource {
  const strip = (properties: RecordedResource["inputs"]) => {
    const policy = JSON.parse(String(properties.policy)) as { Statement: { Sid?: string }[] };
    const Statement = policy.Statement.filter((statement) => statement.Sid !== sid);
    expect(Statement, `${resource.name} has a statement ${sid}`).to.have.length(policy.Statement.length - 1);
    return { ...properties, policy: JSON.stringify({ ...policy, Statement }) };
  };
  return { ...resource, inputs: strip(resource.inputs), outputs: strip(resource.outputs) };
}

/** Takes an action, or whatever else stands in a list, out of every statement of a policy. */
function withoutAction(resource: RecordedResource, action: string): RecordedResource {
  const strip = (properties: RecordedResource["inputs"]) => ({
    ...properties,
    policy: JSON.stringify(
      changeWithin(JSON.parse(String(properties.policy)), (part) =>
        Array.isArray(part) ? part.filter((item) => item !== action) : part,
      ),
    ),
  });
  return { ...resource, inputs: strip(resource.inputs), outputs: strip(resource.outputs) };
}

/** Takes a service out of those by way of which a role may use the key. */
const withoutKeyService = (resource: RecordedResource, service: string) =>
  withoutAction(resource, `${service}.us-east-1.amazonaws.com`);

const without = (key: string) => (part: unknown) =>
  typeof part === "object" && part !== null && !Array.isArray(part)
    ? Object.fromEntries(Object.entries(part).filter(([name]) => name !== key))
    : part;
const withoutItem = (item: string) => (part: unknown) =>
  Array.isArray(part) ? part.filter((each) => each !== item) : part;

interface Edit {
  readonly takeAway: string;
  readonly type: string;
  /** Undefined takes the whole resource away. */
  readonly edit: (resource: RecordedResource) => RecordedResource | undefined;
  /** Which resources of the type; all when left out. */
  readonly name?: RegExp;
}

interface Mutation extends Edit {
  readonly missedAt: RegExp;
}

/** The functions that make secrets ask the key while the program runs, and the API asks table and key before it says that it is ready. */
const missedAtStart: readonly Edit[] = [
  {
    takeAway: "the key policy's word for the account",
    type: "aws:kms/keyPolicy:KeyPolicy",
    edit: (policy) => withoutStatement(policy, "AllowAccountThroughServices"),
  },
  {
    takeAway: "the signing API's use of the key by way of Secrets Manager",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-api-role/,
    edit: (policy) => withoutKeyService(policy, "secretsmanager"),
  },
];

const mutations: readonly Mutation[] = [
  {
    takeAway: "the bucket policy's statement for CloudFront",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    name: /^latchkey-cdn/,
    edit: (policy) => withoutStatement(policy, "AllowThisDistributionToRead"),
    missedAt: /^view a rendition/,
  },
  {
    takeAway: "the bucket policy's demand for If-None-Match",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    name: /^latchkey-cdn/,
    edit: (policy) => withoutStatement(policy, "DenyOverwritesInQuarantine"),
    missedAt: /^refuse to overwrite/,
  },
  {
    takeAway: "the CORS rule's exposed ETag",
    type: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    edit: (cors) => changeInputs(cors, withoutItem("ETag")),
    missedAt: /^upload/,
  },
  {
    takeAway: "the CORS rule's allowed headers",
    type: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    edit: (cors) => changeInputs(cors, without("allowedHeaders")),
    missedAt: /^let a browser/,
  },
  {
    takeAway: "the key groups of the behaviours",
    type: "aws:cloudfront/distribution:Distribution",
    edit: (distribution) => changeInputs(distribution, without("trustedKeyGroups")),
    missedAt: /^refuse a viewer without the signature/,
  },
  {
    takeAway: "the origin access control",
    type: "aws:cloudfront/distribution:Distribution",
    edit: (distribution) => changeInputs(distribution, without("originAccessControlId")),
    missedAt: /^view a rendition/,
  },
  {
    takeAway: "s3:PutObject from the signing API's role",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-api-role/,
    edit: (policy) => withoutAction(policy, "s3:PutObject"),
    missedAt: /^upload/,
  },
  {
    takeAway: "s3:DeleteObject from the signing API's role",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-api-role/,
    edit: (policy) => withoutStatement(policy, "SignDeletes"),
    missedAt: /^delete/,
  },
  {
    takeAway: "the permissions boundary's s3 actions",
    type: "aws:iam/policy:Policy",
    name: /boundary/,
    edit: (policy) => withoutAction(policy, "s3:PutObject"),
    missedAt: /^upload/,
  },
  {
    takeAway: "the web ACL's rule against long queries",
    type: "aws:wafv2/webAcl:WebAcl",
    edit: (acl) =>
      changeInputs(acl, (part) =>
        Array.isArray(part) ? part.filter((rule) => (rule as { name?: string })?.name !== "long-query") : part,
      ),
    missedAt: /^let the web ACL/,
  },
  {
    takeAway: "the bucket's notification",
    type: "aws:s3/bucketNotification:BucketNotification",
    edit: () => undefined,
    missedAt: /^become ready/,
  },
  {
    takeAway: "the queue's policy for S3",
    type: "aws:sqs/queuePolicy:QueuePolicy",
    edit: () => undefined,
    missedAt: /^become ready/,
  },
  {
    takeAway: "the worker's event source mapping",
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    edit: () => undefined,
    missedAt: /^become ready/,
  },
  {
    takeAway: "the key policy's statement for CloudFront",
    type: "aws:kms/keyPolicy:KeyPolicy",
    edit: (policy) => withoutStatement(policy, "AllowThisDistributionToDecrypt"),
    missedAt: /^view a rendition/,
  },
  {
    takeAway: "the key policy's statement for the bucket's events",
    type: "aws:kms/keyPolicy:KeyPolicy",
    edit: (policy) => withoutStatement(policy, "AllowBucketEvents"),
    missedAt: /^become ready/,
  },
  {
    takeAway: "the signing API's use of the key by way of S3",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-api-role/,
    edit: (policy) => withoutKeyService(policy, "s3"),
    missedAt: /^upload/,
  },
  {
    takeAway: "the worker's use of the key by way of S3",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-renditions/,
    edit: (policy) => withoutKeyService(policy, "s3"),
    missedAt: /^become ready/,
  },
  {
    takeAway: "the worker's use of the key by way of SQS",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-renditions/,
    edit: (policy) => withoutKeyService(policy, "sqs"),
    missedAt: /^become ready/,
  },
  {
    takeAway: "the worker's right to invalidate the CDN",
    type: "aws:iam/rolePolicy:RolePolicy",
    name: /^latchkey-renditions/,
    edit: (policy) => withoutStatement(policy, "ClearEdges"),
    missedAt: /^delete/,
  },
];

describe("the end-to-end journey misses what is taken out of the infra program:", () => {
  let edited: number;
  beforeEach(() => {
    edited = 0;
  });
  const startWithout = ({ type, name = /./, edit }: Edit) =>
    startTestCloud({
      edit(resource) {
        if (resource.type !== type || !name.test(resource.name)) return resource;
        edited += 1;
        return edit(resource);
      },
    });

  for (const mutation of missedAtStart) {
    it(mutation.takeAway, async () => {
      const error = await rejection(startWithout(mutation), Error);
      expect(edited, "resources edited").to.be.greaterThan(0);
      expect(error.message).to.match(/The infra program failed|the signing API did not become ready/);
    });
  }

  for (const { missedAt, ...mutation } of mutations) {
    it(mutation.takeAway, async () => {
      const cloud = await startWithout(mutation);
      try {
        const error = await rejection(takeJourney(cloud, { patienceMs: 3000 }), JourneyError);
        expect(edited, "resources edited").to.be.greaterThan(0);
        expect(error.step).to.match(missedAt);
      } finally {
        await cloud.stop();
      }
    });
  }
});
