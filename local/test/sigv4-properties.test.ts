import { expect } from "chai";
import fc from "fast-check";
import { sha256Hex } from "../sigv4/canonical.ts";
import { SigV4Error } from "../sigv4/sigv4-error.ts";
import type { SignedRequest } from "../sigv4/types.ts";
import { verifyRequest } from "../sigv4/verify.ts";
import { example, exampleLookup, exampleNow, exampleSession } from "./support/sigv4-example.ts";
import { type PlainRequest, type Signer, stockPresign, stockSign } from "./support/stock-signer.ts";

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed());
const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const headers = fc
  .dictionary(
    names.map((name) => `x-amz-meta-${name}`),
    fc.array(visible, { maxLength: 3 }).map((words) => words.join("  ")),
    { maxKeys: 4 },
  )
  .map((given) => ({ host: "photos.s3.eu-central-1.amazonaws.com", ...given }));
const requests: fc.Arbitrary<PlainRequest & { body: Uint8Array }> = fc.record({
  method: fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD"),
  // S3 takes %2F for a slash of the key, which no SDK sends.
  segments: fc.array(
    text.filter((segment) => !/^\.{1,2}$|\//.test(segment)),
    { minLength: 1, maxLength: 4 },
  ),
  query: fc.dictionary(
    text.filter((name) => name !== "__proto__"),
    fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => value.isWellFormed()),
    { maxKeys: 4, noNullPrototype: true },
  ),
  headers,
  body: fc.uint8Array({ maxLength: 64 }),
});
const signers: fc.Arbitrary<Signer> = fc.record({
  credentials: fc.constantFrom(example, exampleSession),
  service: fc.constantFrom("s3", "dynamodb", "cloudfront"),
  region: fc.constantFrom("us-east-1", "eu-central-1"),
  at: fc.integer({ min: -800, max: 800 }).map((seconds) => new Date(exampleNow.getTime() + seconds * 1000)),
});

function verify(request: SignedRequest, { service, region }: Signer, body: Uint8Array) {
  const bodySha256 = service === "s3" ? {} : { bodySha256: sha256Hex(Buffer.from(body)) };
  return verifyRequest(request, { credentials: exampleLookup, service, region, now: exampleNow, ...bodySha256 });
}

describe("a request that the SDK signed", () => {
  it("verifies, whatever it holds", () =>
    fc.assert(
      fc.asyncProperty(requests, signers, async (request, signer) => {
        const verified = verify(await stockSign(request, signer), signer, request.body);
        expect(verified).to.include({ form: "header", service: signer.service, region: signer.region });
        expect(verified.credentials).to.equal(signer.credentials);
      }),
    ));

  it("verifies when presigned, whatever it holds", () =>
    fc.assert(
      fc.asyncProperty(
        requests,
        signers,
        fc.integer({ min: 900, max: 604_800 }),
        async ({ body: _, ...request }, signer, seconds) => {
          const verified = verify(await stockPresign(request, signer, seconds), signer, new Uint8Array());
          expect(verified).to.include({ form: "query", service: signer.service });
        },
      ),
    ));

  it("is refused once any byte of what it signed is another", () =>
    fc.assert(
      fc.asyncProperty(requests, signers, fc.nat(), fc.nat(), async (request, signer, place, byte) => {
        const signed = await stockSign(request, signer);
        const mutated = mutate(signed, place, byte);
        fc.pre(!meansTheSame(signed, mutated));
        expect(() => verify(signed, signer, request.body)).not.to.throw();
        expect(() => verify(mutated, signer, request.body)).to.throw(SigV4Error);
      }),
      { numRuns: 500 },
    ));

  it("is refused once any byte of its presigned form is another", () =>
    fc.assert(
      fc.asyncProperty(requests, signers, fc.nat(), fc.nat(), async ({ body: _, ...request }, signer, place, byte) => {
        const signed = await stockPresign(request, signer, 3600);
        const mutated = mutate(signed, place, byte);
        fc.pre(!meansTheSame(signed, mutated));
        expect(() => verify(signed, signer, new Uint8Array())).not.to.throw();
        expect(() => verify(mutated, signer, new Uint8Array())).to.throw(SigV4Error);
      }),
      { numRuns: 500 },
    ));

  it("is refused by every service but S3 once a byte of its body is another, for S3 streams it", () =>
    fc.assert(
      fc.asyncProperty(requests, signers, fc.nat(), async (request, signer, place) => {
        fc.pre(signer.service !== "s3" && request.body.length > 0);
        const signed = await stockSign(request, signer);
        const body = Uint8Array.from(request.body);
        const index = place % body.length;
        body[index] = (body[index] ?? 0) ^ 1;
        expect(() => verify(signed, signer, body))
          .to.throw(SigV4Error)
          .with.property("code", "SignatureDoesNotMatch");
      }),
    ));
});

/** Replaces one visible character of the method, the target or a header by another. */
function mutate({ method, target, headers }: SignedRequest, place: number, byte: number): SignedRequest {
  const parts = [method, target, ...Object.values(headers).map(String)];
  const long = parts.filter((part) => part.length > 0);
  const part = long[place % long.length] ?? "";
  const index = Math.floor(place / long.length) % part.length;
  const old = part.charCodeAt(index);
  const other = 0x21 + ((old - 0x21 + 1 + (byte % 93)) % 94);
  const changed = part.slice(0, index) + String.fromCharCode(other) + part.slice(index + 1);
  const swap = (value: string) => (value === part ? changed : value);
  return {
    method: swap(method),
    target: swap(target),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, swap(String(value))])),
  };
}

/** `%2f` and `%2F`, or `a=&b` and `a&&b`, differ in bytes but ask for the same. */
function meansTheSame(a: SignedRequest, b: SignedRequest): boolean {
  const meaning = ({ method, target, headers }: SignedRequest) => {
    const [path = "", query] = target.split(/\?(.*)/s);
    const samePath = path.replace(/%../g, (escaped) => escaped.toUpperCase());
    return JSON.stringify([method, samePath, [...new URLSearchParams(query)].sort(), headers]);
  };
  return meaning(a) === meaning(b);
}
