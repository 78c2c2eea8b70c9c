import { Type } from "typebox";
import { receiveDocument } from "../body/receive.ts";
import { newBucket } from "../buckets/bucket.ts";
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
    access.demandBucket(newBucket(name, request.now), "s3:CreateBucket");
    refuseSettings(request);
    checkLocation(await receiveDocument(request), region);
    if (!buckets.find(name)) store.buckets.createScratch(name, request.now);
    // In its oldest region, S3 takes an owner's second CreateBucket for the first.
    else if (region !== "us-east-1") throw new S3Error("BucketAlreadyOwnedByYou", { details: { BucketName: name } });
    return { status: 200, headers: { location: `/${name}` } };
  },
};

function checkName(name: string): void {
  const isWellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--/.test(name);
  if (!isWellFormed) throw new S3Error("InvalidBucketName", { details: { BucketName: name } });
}

/** New buckets of today take no ACLs, and this S3 keeps no setting for a scratch bucket. */
function refuseSettings({ headers }: S3Request): void {
  const { "x-amz-acl": acl = "private", "x-amz-object-ownership": ownership = "BucketOwnerEnforced" } = headers;
  if (acl !== "private") throw new S3Error("InvalidBucketAclWithObjectOwnership");
  if (ownership !== "BucketOwnerEnforced") throw notImplemented(`A bucket with ${ownership}`);
  if (headers["x-amz-bucket-object-lock-enabled"] === "true") throw notImplemented("A bucket with Object Lock");
}

function checkLocation(body: Buffer, region: string): void {
  const { LocationConstraint: location = "" } = body.length === 0 ? {} : readConfiguration(body);
  const asked = location === "" ? "us-east-1" : location === "EU" ? "eu-west-1" : location;
  if (asked === region) return;
  throw new S3Error("IllegalLocationConstraintException", {
    message: `The ${asked === "us-east-1" ? "unspecified" : asked} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}
