import { readFile } from "node:fs/promises";
import { CloudFrontClient, GetKeyGroupCommand } from "@aws-sdk/client-cloudfront";
import { DescribeSecretCommand, RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import { rotateSigningKey } from "../../infra/functions/rotate-signing-key.ts";
import type { RecordedResource } from "../program/recording.ts";
import { samplePhoto } from "../walkthrough.ts";
import { App, eventually } from "./support/journey.ts";
import { rejection } from "./support/rejection.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

/** The API looks for a new key each second, not each minute. */
function impatient(resource: RecordedResource): RecordedResource {
  if (resource.type !== "latchkey:api:SigningApi" || !(resource.outputs.environment instanceof Object)) return resource;
  const environment = { ...resource.outputs.environment, LATCHKEY_SIGNING_KEY_FRESH_SECONDS: "1" };
  return { ...resource, outputs: { ...resource.outputs, environment } };
}

const keyIdOf = (url: string) => new URL(url).searchParams.get("Key-Pair-Id");

describe("Rotating the signing key", () => {
  let cloud: TestCloud;
  let olga: App;
  let photo: string;

  before(async () => {
    cloud = await startTestCloud({ edit: impatient });
    olga = await App.signIn(cloud, "olga");
    photo = await olga.upload(await readFile(samplePhoto), "image/jpeg");
    await olga.settled(photo);
  });
  after(() => cloud.stop());

  const client = () => {
    const { accessKeyId, secretAccessKey } = cloud.admin;
    return { region: cloud.region, endpoint: cloud.aws, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  };
  const secrets = () => new SecretsManagerClient(client());
  const groupItems = async () => {
    const command = new GetKeyGroupCommand({ Id: cloud.signer.keyGroupId });
    return (await new CloudFrontClient(client()).send(command)).KeyGroup?.KeyGroupConfig?.Items;
  };
  const currentUrl = async () => (await olga.photo(photo)).urls?.["640"] ?? "";

  async function rotate(): Promise<void> {
    const SecretId = cloud.signer.secretArn;
    const { VersionId = "" } = await secrets().send(new RotateSecretCommand({ SecretId }));
    await eventually("the new key is promoted", 60_000, async () => {
      const { VersionIdsToStages = {} } = await secrets().send(new DescribeSecretCommand({ SecretId }));
      return VersionIdsToStages[VersionId]?.includes("AWSCURRENT") || undefined;
    });
  }

  /** The retiring run of the function, with its wait shortened. */
  const retire = (trustedSeconds: number) =>
    rotateSigningKey(
      { secrets: secrets(), cloudFront: new CloudFrontClient(client()) },
      {
        secretArn: cloud.signer.secretArn,
        keyGroupId: cloud.signer.keyGroupId,
        mediaUrl: cloud.media,
        deployedKeyId: cloud.signer.keyId,
        keptKeyIds: [],
        trustedSeconds,
        proofSeconds: 0,
        settleSeconds: 0,
      },
    )({ retire: true });

  it("refuses no request while traffic flows, and honours the old URLs until their key is retired", async () => {
    const old = await currentUrl();
    expect(keyIdOf(old)).to.equal(cloud.signer.keyId);
    const refused: string[] = [];
    const seen = new Set<string | null>();
    let flowing = true;
    const traffic = Array.from({ length: 3 }, async () => {
      while (flowing) {
        const url = await currentUrl();
        seen.add(keyIdOf(url));
        for (const each of [url, old, `${url}&again`]) {
          const { status } = await fetch(each);
          if (status !== 200) refused.push(`${status} ${each}`);
        }
      }
    });

    await rotate();
    const fresh = await eventually("the API signs with the new key", 30_000, async () => {
      const url = await currentUrl();
      return keyIdOf(url) === keyIdOf(old) ? undefined : url;
    });
    flowing = false;
    await Promise.all(traffic);
    expect(refused).to.deep.equal([]);
    expect(seen).to.include(cloud.signer.keyId);

    expect(await groupItems()).to.have.members([keyIdOf(old), keyIdOf(fresh)]);
    expect(await retire(3600)).to.deep.equal({ retired: [] });
    expect((await fetch(old)).status).to.equal(200);
    expect(await retire(0)).to.deep.equal({ retired: [keyIdOf(old)] });
    expect(await groupItems()).to.deep.equal([keyIdOf(fresh)]);
    expect((await fetch(old)).status).to.equal(403);
    expect((await fetch(await currentUrl())).status).to.equal(200);
  });

  it("rotates what was rotated, and deletes the key that it had made", async () => {
    const old = await currentUrl();
    await rotate();
    await eventually("the API signs with the new key", 30_000, async () =>
      keyIdOf(await currentUrl()) === keyIdOf(old) ? undefined : true,
    );
    expect(await retire(0)).to.deep.equal({ retired: [keyIdOf(old)] });
    expect((await fetch(old)).status).to.equal(403);
    expect((await fetch(await currentUrl())).status).to.equal(200);
  });

  it("is done for the secret that signs alone", async () => {
    const idle = cloud.recording.resources.find(
      ({ name, type }) => type === "aws:secretsmanager/secret:Secret" && name === "latchkey-signer-b",
    );
    const attempt = secrets().send(new RotateSecretCommand({ SecretId: String(idle?.outputs.arn) }));
    expect((await rejection(attempt)).name).to.equal("InvalidRequestException");
  });
});
