import { Type } from "typebox";
import { receiveDocument } from "../body/receive.ts";
import { scratchBucket } from "../buckets/bucket.ts";
import type { ServiceOperation } from "../operation.ts";
import type { S3Request } from "../protocol/request.ts";
import { notImplemented, S3Error } from "../protocol/s3-error.ts";
import { xmlReader } from "../protocol/xml.ts";

const readConfiguration = xmlReader(
  "CreateBucketConfiguration",
  Type.Object(
    { LocationConstraint: Type.Optional(Type.String()), "#text": Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
);

/** Makes a scratch bucket, with nothing set on it but what S3 sets on every new one. */
export const createBucket: ServiceOperation = {
  name: "CreateBucket",
  on: "service",
  // What it is asked for does not exist yet.
  action: "each",
  async run({ request, access, store, buckets, recording: { region } }) {
    const { bucket: name = "" } = request.address;
    checkName(name);
    access.demandBucket(scratchBucket(name, request.now), "s3:CreateBucket");
    const configuration = await receiveDocument(request);
    if (!buckets.find(name)) {
      refuseSettings(request);
      checkLocation(configuration, region);
      store.buckets.createScratch(name, request.now);
    } else if (region !== "us-east-1") {
      // In its oldest region, S3 takes an owner's second CreateBucket for the first.
      throw new S3Error("BucketAlreadyOwnedByYou", { details: { BucketName: name } });
    }
    return { status: 200, headers: { location: `/${name}` } };
  },
};

function checkName(name: string): void {
  const isWellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--/.test(name);
  if (!isWellFormed) throw new S3Error("InvalidBucketName", { details: { BucketName: name } });
}

/** This S3 keeps no setting for a scratch bucket. */
function refuseSettings({ headers }: S3Request): void {
  const { "x-amz-acl": acl = "private", "x-amz-object-ownership": ownership } = headers;
  if (acl !== "private") throw new S3Error("InvalidBucketAclWithObjectOwnership");
  if (ownership !== undefined) throw notImplemented("x-amz-object-ownership");
  if (headers["x-amz-bucket-object-lock-enabled"] === "true") throw notImplemented("A bucket with Object Lock");
}

/** There is one region here, and who names none means it. */
function checkLocation(body: Buffer, region: string): void {
  const { LocationConstraint: location = "" } = body.length === 0 ? {} : readConfiguration(body);
  if (location === "" || location === region) return;
  throw new S3Error("IllegalLocationConstraintException", {
    message: `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}
