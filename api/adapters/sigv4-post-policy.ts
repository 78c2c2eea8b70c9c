import { type Credentials, keepSession, keepTime, lifetimeOf, type SignerOptions } from "./sigv4-session.ts";

export interface UnsignedForm {
  readonly bucket: string;
  readonly key: string;
  /** Every other field that the form is to carry, each with its one value. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of the file, in bytes, both ends included. */
  readonly length: LengthRange;
}

export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

export interface SignedForm {
  readonly fields: Readonly<Record<string, string>>;
  /** No later than asked; earlier when the credentials expire first. */
  readonly expiresAt: Date;
}

/**
 * Signature Version 4 of a POST policy that leaves the form no freedom: a condition for every field, equal to its value.
 * Throws RangeError for a lifetime that is none, or over 7 days.
 */
export function createFormSigner(options: SignerOptions) {
  const timeOf = keepTime();
  const sessionOf = keepSession(options, (session) => session);

  return (form: UnsignedForm, credentials: Credentials, until: Date): SignedForm => {
    const signedAt = Math.floor(options.now().getTime() / 1000);
    const lifetime = lifetimeOf(signedAt, until, credentials.expiration);
    const time = timeOf(signedAt);
    const { credential, sessionToken, sign } = sessionOf(credentials, time.slice(0, 8));

    const expiresAt = new Date((signedAt + lifetime) * 1000);
    const fields = {
      ...form.fields,
      bucket: form.bucket,
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": credential,
      "X-Amz-Date": time,
      ...(sessionToken && { "X-Amz-Security-Token": sessionToken }),
      key: form.key,
    };
    const document = {
      expiration: `${expiresAt.toISOString().slice(0, 19)}Z`,
      conditions: [
        ["content-length-range", form.length.min, form.length.max],
        ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ],
    };
    const policy = Buffer.from(JSON.stringify(document)).toString("base64");
    return { fields: { ...fields, Policy: policy, "X-Amz-Signature": sign(policy) }, expiresAt };
  };
}
