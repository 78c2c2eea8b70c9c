import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect } from "chai";
import { createSigningKeySource } from "../../adapters/signing-key.ts";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { type OneSecret, startOneSecret } from "./support/one-secret.ts";

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:signing-key-a-AbCdEf";
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const secretOf = (algorithm: string, key: KeyObject) =>
  JSON.stringify({ generation: 1, algorithm, privateKeyPem: pem(key), publicKeyPem: "…" });

describe("signing key", () => {
  let secret: OneSecret;
  before(async () => {
    secret = await startOneSecret();
  });
  after(() => secret.close());
  beforeEach(() => {
    secret.reads = 0;
  });

  const newSource = () => createSigningKeySource({ client: secret.client, secretArn, keyId: "K2JCJMDEHXQW5F" });

  for (const [algorithm, key] of [
    ["ES256", ec],
    ["RS256", rsa],
  ] as const) {
    it(`reads a key for ${algorithm} once, however often it is asked for`, async () => {
      secret.value = secretOf(algorithm, key);
      const source = newSource();
      const [first, second] = await Promise.all([source(), source()]);
      expect(first.keyId).to.equal("K2JCJMDEHXQW5F");
      expect(first.privateKey.equals(key)).to.equal(true);
      expect([second, await source()]).to.deep.equal([first, first]);
      expect(secret.reads).to.equal(1);
    });
  }

  it("asks again after a failure", async () => {
    const source = newSource();
    secret.value = undefined;
    expect(await source().catch((error) => error)).to.be.instanceOf(DependencyUnavailableError);
    secret.value = secretOf("ES256", ec);
    expect((await source()).privateKey.equals(ec)).to.equal(true);
  });

  const unusable: [string, string, string][] = [
    ["that is no JSON", `${pem(ec)}`, "not a JSON object"],
    ["that is JSON but no object", JSON.stringify(pem(ec)), "not a JSON object"],
    ["without a private key", JSON.stringify({ algorithm: "ES256" }), "not a string"],
    [
      "whose key is cut short",
      JSON.stringify({ algorithm: "ES256", privateKeyPem: pem(ec).slice(0, 90) }),
      "not a private key",
    ],
    ["whose algorithm belongs to another key", secretOf("RS256", ec), "ES256 with a P-256 key"],
    ["of an unknown algorithm", secretOf("HS256", ec), "ES256 with a P-256 key"],
    [
      "on a curve that CloudFront does not take",
      secretOf("ES256", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey),
      "P-256",
    ],
    [
      "of a length that CloudFront does not take",
      secretOf("RS256", generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey),
      "2048-bit",
    ],
  ];
  for (const [title, value, message] of unusable) {
    it(`refuses a secret ${title}, and quotes none of it`, async () => {
      secret.value = value;
      const error: unknown = await newSource()().catch((error) => error);
      expect(error).to.be.instanceOf(Error).with.property("message").that.includes(message);
      expect(error).not.to.have.property("cause");
      expect(String(error))
        .to.include(secretArn)
        .and.not.match(/BEGIN|MI[GI]/);
    });
  }
});
