import { generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { expect } from "chai";
import fc from "fast-check";
import { createCloudFrontUrlSigner } from "../../adapters/cloudfront-url-signer.ts";

const keyId = "K2JCJMDEHXQW5F";
const expiresAt = new Date("2026-03-01T12:15:00Z");
const resource = "https://d111111abcdef8.cloudfront.net/media/0195/*";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

const resources = fc
  .tuple(
    fc.constantFrom("https://media.example.com", "https://d111111abcdef8.cloudfront.net", "http://127.0.0.1:4001"),
    fc.stringMatching(/^[A-Za-z0-9._~!$&'()+,;=:@%/-]{0,80}$/),
    fc.constantFrom("", "*"),
  )
  .map(([origin, path, wildcard]) => `${origin}/${path}${wildcard}`);
const expiries = fc.integer({ min: 1, max: 2 ** 31 - 2 }).map((seconds) => new Date(seconds * 1000));

describe("CloudFront URL signer", () => {
  it("makes of an RSA key, byte for byte, what the SDK's signer makes", () => {
    const signer = createCloudFrontUrlSigner({ keyId, privateKey: rsa.privateKey });
    fc.assert(
      fc.property(resources, expiries, (resource, expiresAt) => {
        const query = signer.signedQuery(resource, expiresAt);
        expect(`https://a/b?${query}`).to.equal(sdkUrl(policyOf(query), rsa.privateKey));
        expect(new URLSearchParams(query).get("Signature")).to.equal(sdkSignature(resource, expiresAt));
      }),
      { numRuns: 50 },
    );
  });

  it("makes of an ECDSA key a signature over the same policy that the public key verifies", () => {
    const ecSigner = createCloudFrontUrlSigner({ keyId, privateKey: ec.privateKey });
    const rsaSigner = createCloudFrontUrlSigner({ keyId, privateKey: rsa.privateKey });
    fc.assert(
      fc.property(resources, expiries, (resource, expiresAt) => {
        const query = ecSigner.signedQuery(resource, expiresAt);
        const policy = policyOf(query);
        expect(policy).to.equal(policyOf(rsaSigner.signedQuery(resource, expiresAt)));
        expect(verify("sha256", Buffer.from(policy), ec.publicKey, decode(query, "Signature"))).to.equal(true);
      }),
    );
  });

  it("says which keys sign the same input to the same bytes", () => {
    for (const { privateKey } of [rsa, ec]) {
      const signer = createCloudFrontUrlSigner({ keyId, privateKey });
      const queries = new Set([signer.signedQuery(resource, expiresAt), signer.signedQuery(resource, expiresAt)]);
      expect(signer.deterministic).to.equal(queries.size === 1);
    }
  });

  it("rounds a fraction of a second down, so that no URL outlives its grant", () => {
    const signer = createCloudFrontUrlSigner({ keyId, privateKey: ec.privateKey });
    const policy: unknown = JSON.parse(policyOf(signer.signedQuery(resource, new Date(expiresAt.getTime() + 999))));
    expect(policy).to.deep.equal({
      Statement: [{ Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": expiresAt.getTime() / 1000 } } }],
    });
  });

  const badResources: [string, string][] = [
    ["an empty one", ""],
    ["a path alone", "/media/0195/*"],
    ["another scheme", "ftp://media.example.com/media/*"],
    ["every host", "https://*/media/0195/640.webp"],
    ["a host alone", "https://media.example.com"],
    ["a wildcard inside", "https://media.example.com/media/*/640.webp"],
    ["a wildcard for one character", "https://media.example.com/media/019?/640.webp"],
    ["a query", "https://media.example.com/media/640.webp?a=b"],
    ["a fragment", "https://media.example.com/media/640.webp#a"],
    ["user info", "https://user@media.example.com/media/640.webp"],
    ["a quote, which would end the policy's string", 'https://media.example.com/media/","Resource":"*'],
    ["a backslash", "https://media.example.com/media\\640.webp"],
    ["a space", "https://media.example.com/media/6 40.webp"],
    ["a line break", "https://media.example.com/media/640.webp\n"],
    ["a character outside ASCII", "https://media.example.com/médià/640.webp"],
  ];
  for (const [title, bad] of badResources) {
    it(`refuses a resource with ${title}`, () => {
      const signer = createCloudFrontUrlSigner({ keyId, privateKey: ec.privateKey });
      expect(() => signer.signedQuery(bad, expiresAt)).to.throw(TypeError, "absolute URL");
    });
  }

  const badDates: [string, number][] = [
    ["an invalid date", Number.NaN],
    ["the epoch", 0],
    ["a time before it", -1000],
    ["a time past CloudFront's 32 bits", (2 ** 31 - 1) * 1000],
  ];
  for (const [title, time] of badDates) {
    it(`refuses ${title} as expiry`, () => {
      const signer = createCloudFrontUrlSigner({ keyId, privateKey: ec.privateKey });
      expect(() => signer.signedQuery(resource, new Date(time))).to.throw(RangeError, "1970 and 2038");
    });
  }
});

/** The whole URL that the SDK makes of a policy that it is given. */
function sdkUrl(policy: string, key: KeyObject): string {
  return getSignedUrl({ url: "https://a/b", policy, keyPairId: keyId, privateKey: pem(key), algorithm: "SHA256" });
}

/** The SDK's signature over the policy that it builds itself; its cookies take the resource as it is. */
function sdkSignature(url: string, expiresAt: Date): string {
  const cookies = getSignedCookies({
    url,
    dateLessThan: expiresAt.toISOString(),
    keyPairId: keyId,
    privateKey: pem(rsa.privateKey),
    algorithm: "SHA256",
  });
  return cookies["CloudFront-Signature"];
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function policyOf(query: string): string {
  return decode(query, "Policy").toString();
}

function decode(query: string, parameter: string): Buffer {
  const value = new URLSearchParams(query).get(parameter) ?? "";
  return Buffer.from(value.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}
