import { verify } from "node:crypto";
import { expect } from "chai";
import { exampleEnvironment } from "../../example-environment.ts";
import { signingKey } from "./test-app.ts";

/** Expects a CloudFront URL that its signature opens, and says which resource and until when. */
export function expectSigned(url: string): { path: string; resource: string; expiresAt: Date } {
  const { origin, pathname, searchParams } = new URL(url);
  expect(origin).to.equal(exampleEnvironment.LATCHKEY_MEDIA_URL);
  expect(searchParams.get("Key-Pair-Id")).to.equal(exampleEnvironment.LATCHKEY_SIGNING_KEY_ID);
  expect(searchParams.get("Hash-Algorithm")).to.equal("SHA256");
  const policy = decode(searchParams.get("Policy"));
  expect(verify("sha256", policy, signingKey.publicKey, decode(searchParams.get("Signature")))).to.equal(true);
  const [{ Resource, Condition }] = JSON.parse(policy.toString()).Statement;
  return {
    path: pathname,
    resource: Resource,
    expiresAt: new Date(Condition.DateLessThan["AWS:EpochTime"] * 1000),
  };
}

/** CloudFront's own base64. */
function decode(value: string | null): Buffer {
  return Buffer.from((value ?? "").replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}
