import type { CredentialLookup, Credentials } from "../iam/types.ts";
import { parseAmzDate } from "./amz-date.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { algorithm } from "./canonical.ts";
import { checkSignature } from "./check-signature.ts";
import { parseCredential, type ScopedCredential } from "./credential-scope.ts";
import { type LengthRange, type PostCondition, parsePostPolicy } from "./parse-post-policy.ts";
import { signatureOf, signingKey } from "./signing-key.ts";
import { SigV4Error } from "./sigv4-error.ts";
import { allowedSkewMilliseconds } from "./verify.ts";

export interface PostPolicyOptions {
  readonly credentials: CredentialLookup;
  /** The bucket that the form is posted to: S3 holds the policy to it as if it were a field. */
  readonly bucket: string;
  readonly region: string;
  readonly now: Date;
}

export interface VerifiedPost {
  readonly credentials: Credentials;
  readonly signedAt: Date;
  /** What the file's length must lie in; the caller checks it as the file streams. */
  readonly lengthRange: LengthRange | undefined;
}

/** Fields that the policy need not mention: what proves it, the file, and what S3 never reads. */
const uncovered = new Set(["policy", "x-amz-signature", "file"]);
const ignoredPrefix = "x-ignore-";
const signingKeyMilliseconds = 7 * 24 * 60 * 60 * 1000;

/** Whether a form claims a signature; one that does not is anonymous. */
export function isSignedForm(fields: ReadonlyMap<string, string>): boolean {
  return ["policy", "x-amz-signature", "x-amz-credential", "signature", "awsaccesskeyid"].some((name) =>
    fields.has(name),
  );
}

/**
 * Proves who allowed a POST upload and that each field is what they allowed; throws SigV4Error. `fields` are those
 * before the file, by lower-case names, with `${filename}` in the key already replaced.
 */
export function verifyPostPolicy(fields: ReadonlyMap<string, string>, options: PostPolicyOptions): VerifiedPost {
  const { credentials, signedAt, policy } = verifySignature(fields, options);
  if (policy.expiration <= options.now) throw invalidAccording("Policy expired.");
  checkFields(new Map([...fields, ["bucket", options.bucket]]), policy.conditions);
  return { credentials, signedAt, lengthRange: policy.lengthRange };
}

function verifySignature(fields: ReadonlyMap<string, string>, { credentials: lookup, region, now }: PostPolicyOptions) {
  if (required(fields, "x-amz-algorithm") !== algorithm) throw invalidField("x-amz-algorithm", `must be ${algorithm}`);
  const credential = readCredential(required(fields, "x-amz-credential"), region);
  const signedAt = readDate(required(fields, "x-amz-date"), credential, now);
  const { accessKeyId } = credential;
  const credentials = authenticateKey(lookup, accessKeyId, fields.get("x-amz-security-token"), now);
  const base64 = required(fields, "policy");
  const expected = signatureOf(signingKey(credentials.secretAccessKey, credential), base64);
  const details = { AWSAccessKeyId: accessKeyId, StringToSign: base64 };
  checkSignature(expected, required(fields, "x-amz-signature"), details);
  return { credentials, signedAt, policy: parsePostPolicy(base64) };
}

function readCredential(text: string, region: string): ScopedCredential {
  const credential = parseCredential(text);
  const expected = `"<YOUR-AKID>/YYYYMMDD/${region}/s3/aws4_request"`;
  if (credential?.service === "s3" && credential.region === region) return credential;
  throw invalidField("x-amz-credential", `is wrong; expecting ${expected}`);
}

/** A form has no clock of its own but the policy's expiration; what bounds a lost one is the life of the signing key. */
function readDate(text: string, credential: ScopedCredential, now: Date): Date {
  const signedAt = parseAmzDate(text);
  if (!signedAt || !text.startsWith(credential.date)) {
    throw invalidField("x-amz-date", "must be of the form yyyyMMdd'T'HHmmss'Z' and on the credential's day");
  }
  const age = now.getTime() - signedAt.getTime();
  if (age < -allowedSkewMilliseconds) throw new SigV4Error("AccessDenied", "Request is not valid yet");
  if (age > signingKeyMilliseconds) throw new SigV4Error("AccessDenied", "Request has expired");
  return signedAt;
}

function required(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value) return value;
  throw new SigV4Error("InvalidArgument", `Bucket POST must contain a field named '${name}', before the file.`);
}

/** A field that no condition mentions was added by whoever holds the form, not by whoever signed it. */
function checkFields(fields: ReadonlyMap<string, string>, conditions: readonly PostCondition[]): void {
  for (const condition of conditions) {
    if (!holds(condition, fields.get(condition.field))) {
      const { operator, field, value } = condition;
      throw invalidAccording(`Policy Condition failed: ${JSON.stringify([operator, `$${field}`, value])}`);
    }
  }
  const mentioned = new Set(conditions.map(({ field }) => field));
  const extra = [...fields.keys()].filter(
    (name) => !(mentioned.has(name) || uncovered.has(name) || name.startsWith(ignoredPrefix)),
  );
  if (extra.length > 0) throw invalidAccording(`Extra input fields: ${extra.join(", ")}`);
}

function holds({ operator, field, value }: PostCondition, given: string | undefined): boolean {
  // S3 lets a form leave out a field that may be anything.
  if (given === undefined) return operator === "starts-with" && value === "";
  if (operator === "eq") return given === value;
  // A content type may be a list, each of which must begin so.
  const parts = field === "content-type" ? given.split(",").map((part) => part.trim()) : [given];
  return parts.every((part) => part.startsWith(value));
}

function invalidField(name: string, why: string): SigV4Error {
  return new SigV4Error("InvalidArgument", `The form field ${name} ${why}.`, { ArgumentName: name });
}

function invalidAccording(why: string): SigV4Error {
  return new SigV4Error("AccessDenied", `Invalid according to Policy: ${why}`);
}
