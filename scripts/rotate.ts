// Makes the signing key anew, without a moment in which a URL is refused: of a deployed stack, or of the local cloud.
import { setTimeout as delay } from "node:timers/promises";
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { Type } from "typebox";
import { findLocalCloud, runCommand } from "./command.ts";

const usage = `npm run rotate -- [--secret ARN] [--data DIR]

  --secret ARN  the signing secret of a deployed stack (npx pulumi stack output signingSecretArn), by the credentials and
                the region of the AWS environment; without it, that of the running local cloud
  --data DIR    the data folder of the local cloud (default .latchkey)`;

const Local = Type.Object({ signer: Type.Object({ secretArn: Type.String() }) });
const pollMs = 1000;
/** Each of two steps may take Lambda's longest run. */
const patienceMs = 30 * 60_000;

async function targetOf(secretArn: string | undefined, dataDir: string) {
  const client: SecretsManagerClientConfig = {};
  if (secretArn !== undefined) return { secretArn, client };
  const local = await findLocalCloud(Local, { dataDir, otherwise: "name a secret with --secret" });
  return { secretArn: local.signer.secretArn, client: local.client };
}

runCommand({ usage, options: { secret: { type: "string" } } }, async ({ secret, data }) => {
  const { secretArn: SecretId, client } = await targetOf(secret, data);
  const secrets = new SecretsManagerClient(client);

  const { VersionId = "" } = await secrets.send(new RotateSecretCommand({ SecretId }));
  console.log("Making a key, and telling CloudFront of it …");
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    if (VersionIdsToStages[VersionId]?.includes("AWSCURRENT")) break;
    if (Date.now() > deadline)
      throw new Error("The key is not in use yet. The log of the rotation's function says why.");
    await delay(pollMs);
  }
  console.log("The new key signs from the next minute on. The one before is retired when its last URL has expired.");
});
