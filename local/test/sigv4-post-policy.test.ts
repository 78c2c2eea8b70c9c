import { createHmac } from "node:crypto";
import { expect } from "chai";
import type { Credentials } from "../iam/types.ts";
import { isSignedForm, verifyPostPolicy } from "../sigv4/post-policy.ts";
import type { SigV4Code } from "../sigv4/sigv4-error.ts";
import { example, exampleLookup, exampleNow, exampleSession, refusalOf } from "./support/sigv4-example.ts";

const options = { credentials: exampleLookup, bucket: "photos", region: "us-east-1", now: exampleNow };
const minutes = (count: number) => new Date(exampleNow.getTime() + count * 60_000);
const expiration = "2013-05-24T00:15:00.000Z";

/** A form as a client makes one: a field for each of `fields`, and a policy of `conditions` about them. */
interface Form {
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly unknown[];
  readonly policy?: unknown;
  readonly credentials?: Credentials;
  readonly scope?: string;
  readonly date?: string;
}

function signForm(form: Form = {}): Map<string, string> {
  const { credentials = example, scope = "20130524/us-east-1/s3/aws4_request", date = "20130524T000000Z" } = form;
  const proof = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${credentials.accessKeyId}/${scope}`,
    "x-amz-date": date,
    ...(credentials.sessionToken !== undefined && { "x-amz-security-token": credentials.sessionToken }),
  };
  const conditions = [
    { bucket: "photos" },
    ["starts-with", "$key", "uploads/olga/"],
    ...(form.conditions ?? []),
    ...Object.entries(proof).map(([name, value]) => ({ [name]: value })),
  ];
  const document = form.policy ?? { expiration, conditions };
  const policy = Buffer.from(typeof document === "string" ? document : JSON.stringify(document)).toString("base64");
  const key = scope.split("/").reduce<Buffer>(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`));
  const signature = hmac(key, policy).toString("hex");
  const fields = { key: "uploads/olga/photo", ...form.fields, ...proof, policy, "x-amz-signature": signature };
  return new Map(Object.entries(fields));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function verify(fields: ReadonlyMap<string, string>, now = exampleNow) {
  return verifyPostPolicy(fields, { ...options, now });
}

function withField(name: string, value: string | undefined, form = signForm()): Map<string, string> {
  const fields = new Map(form);
  if (value === undefined) fields.delete(name);
  else fields.set(name, value);
  return fields;
}

const accepted: [title: string, form: Form][] = [
  ["a key under the prefix", {}],
  ["a field that equals", { fields: { acl: "private" }, conditions: [["eq", "$acl", "private"]] }],
  ["a field in the short form", { fields: { acl: "private" }, conditions: [{ acl: "private" }] }],
  [
    "a name in capitals",
    { fields: { "content-type": "image/png" }, conditions: [["STARTS-WITH", "$Content-Type", "image/"]] },
  ],
  [
    "a list of types that all begin so",
    { fields: { "content-type": "image/png,image/webp" }, conditions: [["starts-with", "$Content-Type", "image/"]] },
  ],
  [
    "a field that may be anything",
    { fields: { "x-amz-meta-album": "any" }, conditions: [["starts-with", "$x-amz-meta-album", ""]] },
  ],
  ["a field that may be anything and is left out", { conditions: [["starts-with", "$x-amz-meta-album", ""]] }],
  ["a field that S3 ignores", { fields: { "x-ignore-this": "any" } }],
  ["a session's form", { credentials: exampleSession }],
];

type Refusal = readonly [title: string, code: SigV4Code, status: number, fields: () => Map<string, string>, now?: Date];

const refusals: Refusal[] = [
  ["a forged signature", "SignatureDoesNotMatch", 403, () => withField("x-amz-signature", "0".repeat(64))],
  [
    "a signature by another key",
    "SignatureDoesNotMatch",
    403,
    () => signForm({ credentials: { ...example, secretAccessKey: "another" } }),
  ],
  [
    "another policy",
    "SignatureDoesNotMatch",
    403,
    () => withField("policy", signForm({ conditions: [{ acl: "private" }] }).get("policy")),
  ],
  ["a key outside the prefix", "AccessDenied", 403, () => withField("key", "uploads/gus/photo")],
  ["another date than the policy's", "AccessDenied", 403, () => withField("x-amz-date", "20130524T000001Z")],
  ["a field that no condition mentions", "AccessDenied", 403, () => withField("acl", "public-read")],
  [
    "a field that differs",
    "AccessDenied",
    403,
    () => signForm({ fields: { acl: "public-read" }, conditions: [{ acl: "private" }] }),
  ],
  ["a field that is missing", "AccessDenied", 403, () => signForm({ conditions: [{ acl: "private" }] })],
  [
    "a list with a type that begins otherwise",
    "AccessDenied",
    403,
    () =>
      signForm({
        fields: { "content-type": "image/png,text/html" },
        conditions: [["starts-with", "$Content-Type", "image/"]],
      }),
  ],
  [
    "a policy for another bucket",
    "AccessDenied",
    403,
    () => signForm({ policy: { expiration, conditions: [{ bucket: "other" }] } }),
  ],
  [
    "a policy for no bucket",
    "AccessDenied",
    403,
    () => signForm({ policy: { expiration, conditions: [["starts-with", "$key", ""]] } }),
  ],
  ["a policy that has expired", "AccessDenied", 403, () => signForm(), minutes(15)],
  ["a form that is signed ahead of its time", "AccessDenied", 403, () => signForm(), minutes(-16)],
  [
    "a form of eight days ago",
    "AccessDenied",
    403,
    () => signForm({ policy: { expiration: "2033-01-01T00:00:00Z", conditions: [] } }),
    minutes(8 * 1440),
  ],
  [
    "a key that nobody has",
    "InvalidAccessKeyId",
    403,
    () => signForm({ credentials: { ...example, accessKeyId: "AKIANOBODYHASTHISKEY" } }),
  ],
  [
    "a session's form without its token",
    "InvalidAccessKeyId",
    403,
    () => withField("x-amz-security-token", undefined, signForm({ credentials: exampleSession })),
  ],
  [
    "a session's form with another token",
    "InvalidToken",
    400,
    () => withField("x-amz-security-token", "another", signForm({ credentials: exampleSession })),
  ],
  ["a session that has ended", "ExpiredToken", 400, () => signForm({ credentials: exampleSession }), minutes(1440)],
  ["another algorithm", "InvalidArgument", 400, () => withField("x-amz-algorithm", "AWS4-HMAC-SHA1")],
  [
    "another region's scope",
    "InvalidArgument",
    400,
    () => signForm({ scope: "20130524/eu-central-1/s3/aws4_request" }),
  ],
  ["another service's scope", "InvalidArgument", 400, () => signForm({ scope: "20130524/us-east-1/sts/aws4_request" })],
  ["a scope of another day", "InvalidArgument", 400, () => signForm({ scope: "20130523/us-east-1/s3/aws4_request" })],
  ["a date that is none", "InvalidArgument", 400, () => signForm({ date: "yesterday" })],
  ["no policy", "InvalidArgument", 400, () => withField("policy", undefined)],
  ["no signature", "InvalidArgument", 400, () => withField("x-amz-signature", undefined)],
  ["no credential", "InvalidArgument", 400, () => withField("x-amz-credential", undefined)],
  ["a policy that is not JSON", "InvalidPolicyDocument", 400, () => signForm({ policy: "{" })],
  ["a policy that is a list", "InvalidPolicyDocument", 400, () => signForm({ policy: [] })],
  ["a policy without an expiration", "InvalidPolicyDocument", 400, () => signForm({ policy: { conditions: [] } })],
  [
    "a policy whose expiration is no time",
    "InvalidPolicyDocument",
    400,
    () => signForm({ policy: { expiration: "2013-13-99T00:00:00Z", conditions: [] } }),
  ],
  ["a policy without conditions", "InvalidPolicyDocument", 400, () => signForm({ policy: { expiration } })],
  [
    "a policy with an unknown element",
    "InvalidPolicyDocument",
    400,
    () => signForm({ policy: { expiration, conditions: [], version: 2 } }),
  ],
  [
    "an unknown operator",
    "InvalidPolicyDocument",
    400,
    () => signForm({ conditions: [["ends-with", "$key", ".jpg"]] }),
  ],
  ["a condition on no field", "InvalidPolicyDocument", 400, () => signForm({ conditions: [["eq", "acl", "private"]] })],
  ["a condition of a number", "InvalidPolicyDocument", 400, () => signForm({ conditions: [{ "x-amz-meta-n": 1 }] })],
  ["a condition of one word", "InvalidPolicyDocument", 400, () => signForm({ conditions: ["acl"] })],
  [
    "a length range that is upside down",
    "InvalidPolicyDocument",
    400,
    () => signForm({ conditions: [["content-length-range", 2, 1]] }),
  ],
  [
    "a negative length",
    "InvalidPolicyDocument",
    400,
    () => signForm({ conditions: [["content-length-range", -1, 1]] }),
  ],
  [
    "a fractional length",
    "InvalidPolicyDocument",
    400,
    () => signForm({ conditions: [["content-length-range", 0, 1.5]] }),
  ],
  [
    "a length that is no number",
    "InvalidPolicyDocument",
    400,
    () => signForm({ conditions: [["content-length-range", null, 1]] }),
  ],
];

describe("the verifier, of a POST form", () => {
  for (const [title, form] of accepted) {
    it(`accepts ${title}`, () => {
      const { credentials, signedAt } = verify(signForm(form));
      expect(credentials).to.equal(form.credentials ?? example);
      expect(signedAt).to.deep.equal(exampleNow);
    });
  }

  for (const [title, code, status, fields, now] of refusals) {
    it(`refuses ${title} with ${code}`, () => {
      const form = fields();
      expect(isSignedForm(form)).to.equal(true);
      expect(refusalOf(() => verify(form, now))).to.include({ code, status });
    });
  }

  it("hands back the range that the file's length must lie in", () => {
    const conditions = [
      ["content-length-range", 1, 100],
      ["content-length-range", "10", "200"],
    ];
    expect(verify(signForm({ conditions })).lengthRange).to.deep.equal({ min: 10, max: 100 });
    expect(verify(signForm()).lengthRange).to.equal(undefined);
  });

  it("takes a form without any proof for an anonymous one", () => {
    expect(isSignedForm(new Map([["key", "uploads/olga/photo"]]))).to.equal(false);
  });
});
