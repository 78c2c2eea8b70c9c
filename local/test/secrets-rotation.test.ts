import { RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect } from "chai";
import { createSecrets } from "../secrets/secrets.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { startTestAccount, type TestAccount } from "./support/test-account.ts";
import { functionArn, recordedFunction } from "./support/test-function.ts";
import { until } from "./support/until.ts";

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:slot-AbCdEf";
const permitted = {
  action: "lambda:InvokeFunction",
  function: "rotate",
  principal: "secretsmanager.amazonaws.com",
  sourceArn: secretArn,
  sourceAccount: "000000000000",
};

describe("a declared rotation of a secret", () => {
  let test: TestAccount;
  let secrets: SecretsManagerClient;
  let steps: unknown[];

  async function start(permission: Partial<typeof permitted>): Promise<void> {
    steps = [];
    const recording = recordingOf(
      recorded("aws:secretsmanager/secret:Secret", "slot", { name: "slot" }, { id: secretArn, arn: secretArn }),
      recordedFunction("rotate", ""),
      recordedFunction("other", ""),
      recorded("aws:lambda/permission:Permission", "permission", { ...permitted, ...permission }),
      recorded("aws:secretsmanager/secretRotation:SecretRotation", "rotation", {
        secretId: secretArn,
        rotationLambdaArn: functionArn("rotate"),
        rotationRules: { automaticallyAfterDays: 90 },
      }),
    );
    const invoke = async (_: unknown, event: string) => {
      steps.push(JSON.parse(event).Step);
      return "null";
    };
    test = await startTestAccount(recording, async (context) => [createSecrets({ ...context, invoke })]);
    secrets = new SecretsManagerClient(test.client());
  }
  afterEach(() => test.close());
  const rotate = () => secrets.send(new RotateSecretCommand({ SecretId: "slot" }));

  it("has the function take its four steps, by the function's permission", async () => {
    await start({});
    await rotate();
    await until(() => steps.length === 4);
    expect(steps).to.deep.equal(["createSecret", "setSecret", "testSecret", "finishSecret"]);
  });

  const permissions: [what: string, permission: Partial<typeof permitted>][] = [
    ["another secret", { sourceArn: `${secretArn.slice(0, -6)}XxXxXx` }],
    ["another account's", { sourceAccount: "111111111111" }],
    ["another service", { principal: "events.amazonaws.com" }],
    ["another function", { function: "other" }],
    ["another action", { action: "lambda:GetFunction" }],
  ];
  for (const [what, permission] of permissions) {
    it(`does not begin by a permission of ${what}`, async () => {
      await start(permission);
      expect((await rejection(rotate())).name).to.equal("AccessDeniedException");
      expect(steps).to.deep.equal([]);
    });
  }
});
