import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { createSigningKeySource } from "../../adapters/signing-key.ts";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { type OneSecret, startOneSecret } from "./support/one-secret.ts";

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:signing-key-a-AbCdEf";
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const secretOf = (algorithm: string, key: KeyObject, rotated: { readonly keyId?: unknown } = {}) =>
  JSON.stringify({ generation: 1, algorithm, privateKeyPem: pem(key), publicKeyPem: "…", ...rotated });

describe("signing key", () => {
  let secret: OneSecret;
  before(async () => {
    secret = await startOneSecret();
  });
  after(() => secret.close());
  let time = 0;
  beforeEach(() => {
    secret.reads = 0;
    time = 0;
  });

  const now = () => new Date(time);
  const newSource = () =>
    createSigningKeySource({ client: secret.client, secretArn, keyId: "K2JCJMDEHXQW5F", freshSeconds: 60, now });

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

  const next = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const rotated = secretOf("ES256", next, { keyId: "KROTATED" });

  async function untilRotated(source: ReturnType<typeof newSource>) {
    for (;;) {
      const key = await source();
      if (key.keyId === "KROTATED") return key;
      await setImmediate();
    }
  }

  it("gives out a rotated key, with its own id, once the one at hand is a minute old, and holds no call up for it", async () => {
    const source = newSource();
    secret.value = secretOf("ES256", ec);
    await source();
    secret.value = rotated;
    time = 59_999;
    expect((await source()).keyId).to.equal("K2JCJMDEHXQW5F");
    expect(secret.reads).to.equal(1);
    time = 60_000;
    expect((await source()).keyId).to.equal("K2JCJMDEHXQW5F");
    expect((await untilRotated(source)).privateKey.equals(next)).to.equal(true);
    expect(secret.reads).to.equal(2);
  });

  it("goes on with the key at hand for a quarter of an hour while the secret can't be read, and no longer", async () => {
    const source = newSource();
    secret.value = secretOf("ES256", ec);
    const first = await source();
    secret.value = undefined;
    time = 899_999;
    expect(await source()).to.equal(first);
    time = 900_000;
    expect(await source().catch((error) => error)).to.be.instanceOf(DependencyUnavailableError);
    secret.value = rotated;
    expect((await source()).keyId).to.equal("KROTATED");
  });

  it("waits for the secret when the key at hand is too old, as it is in an instance that slept", async () => {
    const source = newSource();
    secret.value = secretOf("ES256", ec);
    await source();
    secret.value = rotated;
    time = 86_400_000;
    expect((await source()).keyId).to.equal("KROTATED");
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
    ["whose id is no key's", secretOf("ES256", ec, { keyId: "K&x=" }), "not a key's id"],
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
