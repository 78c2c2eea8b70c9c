import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import { createSecrets } from "../../local/secrets/secrets.ts";
import { startTestAccount, type TestAccount } from "../../local/test/support/test-account.ts";
import { createSigningKey } from "../functions/create-signing-key.ts";
import { declare, theOne } from "./support/declared.ts";

describe("The function that makes signing keys, as the role that the program gives it", () => {
  let cloud: TestAccount;
  let admin: SecretsManagerClient;
  let create: ReturnType<typeof createSigningKey>;
  let secretArn: string;

  beforeEach(async () => {
    const recording = await declare("dev");
    cloud = await startTestAccount(recording, async (context) => [
      createSecrets({ ...context, invoke: async () => "null" }),
    ]);
    admin = new SecretsManagerClient(cloud.client());
    const role = theOne(recording, "aws:iam/role:Role", "latchkey-signer-key-maker-role");
    create = createSigningKey(new SecretsManagerClient(cloud.client(String(role.outputs.arn))));
    secretArn = String(theOne(recording, "aws:secretsmanager/secret:Secret", "latchkey-signer-a").outputs.arn);
  });
  afterEach(() => cloud.close());

  const kept = async () =>
    JSON.parse((await admin.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString ?? "");
  const refusal = async (event: unknown) => {
    try {
      await create(event);
    } catch (error) {
      return String(error);
    }
    return undefined;
  };

  for (const [algorithm, type, detail] of [
    ["ES256", "ec", { namedCurve: "prime256v1" }],
    ["RS256", "rsa", { modulusLength: 2048 }],
  ] as const) {
    it(`makes an ${algorithm} pair whose private half is in the secret only`, async () => {
      const answer = await create({ secretArn, generation: 1, algorithm });
      const { privateKeyPem, ...rest } = await kept();
      expect(rest).to.deep.equal({ generation: 1, algorithm, ...answer });
      expect(Object.keys(answer)).to.deep.equal(["publicKeyPem"]);
      const publicKey = createPublicKey(answer.publicKeyPem);
      expect(publicKey.asymmetricKeyType).to.equal(type);
      expect(publicKey.asymmetricKeyDetails).to.deep.include(detail);
      const message = Buffer.from("a policy");
      expect(verify("sha256", message, publicKey, sign("sha256", message, privateKeyPem))).to.equal(true);
    });
  }

  it("answers the key it has when asked again, by however many at once", async () => {
    const event = { secretArn, generation: 1, algorithm: "ES256" };
    const answers = await Promise.all([create(event), create(event), create(event)]);
    const again = await create(event);
    expect(new Set([...answers, again].map(({ publicKeyPem }) => publicKeyPem))).to.have.lengthOf(1);
    expect((await kept()).publicKeyPem).to.equal(again.publicKeyPem);
  });

  it("makes another key for the next generation", async () => {
    const first = await create({ secretArn, generation: 1, algorithm: "ES256" });
    const second = await create({ secretArn, generation: 2, algorithm: "RS256" });
    expect(second.publicKeyPem).not.to.equal(first.publicKeyPem);
    expect(await kept()).to.deep.include({ generation: 2, algorithm: "RS256" });
  });

  it("answers, once a rotation has made another, the key that it gave the engine, and makes none itself", async () => {
    const deployed = await create({ secretArn, generation: 1, algorithm: "ES256" });
    const rotated = { ...(await kept()), publicKeyPem: "another", keyId: "KROTATED" };
    const value = JSON.stringify({ ...rotated, deployedPublicKeyPem: deployed.publicKeyPem });
    await admin.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: value }));
    expect(await create({ secretArn, generation: 1, algorithm: "ES256" })).to.deep.equal(deployed);
    expect(await refusal({ secretArn, generation: 2, algorithm: "ES256" })).to.equal(
      "Error: A rotation made the key in this slot, and makes the next one: leave the slot's generation alone",
    );
  });

  it("never goes back to an earlier generation, nor changes the kind of one", async () => {
    await create({ secretArn, generation: 2, algorithm: "ES256" });
    const reason = "Error: The slot holds generation 2 (ES256) already; ask for generation 3 or more";
    expect(await refusal({ secretArn, generation: 1, algorithm: "ES256" })).to.equal(reason);
    expect(await refusal({ secretArn, generation: 2, algorithm: "RS256" })).to.equal(reason);
  });

  it("leaves a secret alone that holds something else, and does not quote it", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const foreign = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await admin.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: foreign }));
    expect(await refusal({ secretArn, generation: 1, algorithm: "ES256" })).to.equal(
      "Error: The secret is not JSON; it is left alone",
    );
    expect((await admin.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString).to.equal(foreign);
  });

  const malformed: [event: unknown, reason: string][] = [
    [null, "Error: The event is not a JSON object"],
    [{ generation: 1, algorithm: "ES256" }, "Error: The event needs secretArn, a string"],
    [{ secretArn: "arn", generation: 0, algorithm: "ES256" }, "Error: generation is 0; it is a whole number from 1"],
    [
      { secretArn: "arn", generation: 1.5, algorithm: "ES256" },
      "Error: generation is 1.5; it is a whole number from 1",
    ],
    [{ secretArn: "arn", generation: 1, algorithm: "HS256" }, 'Error: algorithm is "HS256"; it is ES256 or RS256'],
  ];
  for (const [event, reason] of malformed) {
    it(`refuses ${JSON.stringify(event)}`, async () => expect(await refusal(event)).to.equal(reason));
  }
});
