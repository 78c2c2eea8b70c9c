import { isSignedForm, type VerifiedPost, verifyPostPolicy } from "../../sigv4/post-policy.ts";
import { readClaims } from "../body/body-claims.ts";
import { type PostForm, readPostForm } from "../body/post-form.ts";
import { largestUpload, type ReceivedContent, storeContent } from "../body/receive.ts";
import { type BucketExchange, type ObjectExchange, openExchange } from "../exchange.ts";
import { describeObject } from "../objects/describe-object.ts";
import { etagAlgorithms, writeWhole } from "../objects/write-object.ts";
import type { BucketOperation } from "../operation.ts";
import { checkKey } from "../protocol/address.ts";
import { toHeaderBytes } from "../protocol/header-value.ts";
import { quoted, writtenHeaders } from "../protocol/object-headers.ts";
import type { S3Request } from "../protocol/request.ts";
import { objectUrl } from "../protocol/resource-names.ts";
import { type S3Response, xmlResponse } from "../protocol/response.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import { readTagging } from "../protocol/tags.ts";
import type { ContentStore } from "../store/content-store.ts";
import type { Description, StoredObject } from "../store/records.ts";

type Fields = PostForm["fields"];

export const postObject: BucketOperation = {
  name: "PostObject",
  on: "bucket",
  // Who sends it, and for which key, stands in the form.
  action: "each",
  async run(exchange) {
    const form = await readPostForm(exchange.request);
    try {
      return await upload(exchange, form);
    } finally {
      form.close();
    }
  },
};

async function upload(exchange: BucketExchange, form: PostForm): Promise<S3Response> {
  const { bucket, store } = exchange;
  const fields = withFilename(form);
  const verified = verify(exchange, fields);
  const request = asRequest(exchange.request, fields, verified);
  const key = checkKey(fields.get("key") ?? "");
  if (key === "") throw invalidArgument("key", "", "User key must have a length greater than 0.");
  const target = { ...openExchange(exchange, request, true), bucket, key };
  target.access.demandObject(bucket, key, "s3:PutObject");
  const description = describe(target, fields);
  target.access.demandKey("kms:GenerateDataKey", bucket, key, description.encryption);

  const { min = 0, max = largestUpload } = verified?.lengthRange ?? {};
  const claims = readClaims(request, "body");
  const source = { bytes: form.file, claims, trailers: new Map(), limit: Math.min(max, largestUpload) };
  const content = await storeContent(source, store.contents, etagAlgorithms(description.encryption));
  if (content.size < min) throw await tooSmall(store.contents, content, min);
  const object = await writeWhole(target, content, description, {
    event: "ObjectCreated:Post",
    precondition: undefined,
  });
  return answer(target, fields, object);
}

/** `${filename}` in a field stands for the name of the file that the browser sends. */
function withFilename({ fields, filename }: PostForm): Fields {
  return new Map([...fields].map(([name, value]) => [name, value.replaceAll(`\${filename}`, () => filename)]));
}

function verify({ request, bucket, recording, credentials }: BucketExchange, fields: Fields): VerifiedPost | undefined {
  if (!isSignedForm(fields)) return undefined;
  return verifyPostPolicy(fields, { credentials, bucket: bucket.name, region: recording.region, now: request.now });
}

/** The form as the PUT that it stands for: its fields are the headers, and the browser's own say nothing of the object. */
function asRequest(request: S3Request, fields: Fields, verified: VerifiedPost | undefined): S3Request {
  const { host, "user-agent": userAgent, referer } = request.headers;
  const headers = Object.fromEntries([...fields].map(([name, value]) => [name, toHeaderBytes(value)]));
  return {
    ...request,
    headers: { ...headers, "x-amz-acl": fields.get("acl"), host, "user-agent": userAgent, referer },
    principal: verified?.credentials.principal ?? { kind: "anonymous" },
    authentication: verified && { type: "POST", signedAt: verified.signedAt },
  };
}

/** A form carries its tags as a document, where a PUT has them in a header. */
function describe({ request, access, bucket, key, recording }: ObjectExchange, fields: Fields): Description {
  const description = describeObject(request.headers, bucket, recording);
  const tagging = fields.get("tagging");
  if (tagging === undefined) return description;
  access.demandObject(bucket, key, "s3:PutObjectTagging");
  return { ...description, tags: readTagging(Buffer.from(tagging)) };
}

async function tooSmall(contents: ContentStore, { contentId, size }: ReceivedContent, min: number): Promise<S3Error> {
  await contents.discard(contentId);
  return new S3Error("EntityTooSmall", { details: { ProposedSize: String(size), MinSizeAllowed: String(min) } });
}

function answer({ request, bucket, key }: ObjectExchange, fields: Fields, object: StoredObject): S3Response {
  const location = objectUrl(request.headers.host, bucket.name, key);
  const headers = { ...writtenHeaders(bucket, object), location };
  const etag = quoted(object.facts.etag);
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect") ?? "";
  if (URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag })) url.searchParams.set(name, value);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
  switch (fields.get("success_action_status")) {
    case "200":
      return { status: 200, headers };
    case "201": {
      const body = { Location: location, Bucket: bucket.name, Key: key, ETag: etag };
      return { ...xmlResponse("PostResponse", body, headers), status: 201 };
    }
    default:
      return { status: 204, headers };
  }
}
