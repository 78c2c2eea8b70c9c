import { expect } from "chai";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { declare, root, theOne } from "./support/declared.ts";

const poolType = "aws:cognito/userPool:UserPool";
const clientType = "aws:cognito/userPoolClient:UserPoolClient";

for (const stack of await stacksOf(root)) {
  describe(`Identity, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });

    it("signs people in by a public client, and tells nobody who has an account", () => {
      expect(theOne(recording, clientType).inputs).to.deep.include({
        generateSecret: false,
        preventUserExistenceErrors: "ENABLED",
        enableTokenRevocation: true,
        allowedOauthFlows: ["code"],
      });
      expect(theOne(recording, poolType).inputs).to.deep.include({
        usernameAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
      });
    });

    it("trades ID tokens of the app's users, and of nobody else, for credentials", () => {
      const { id, inputs } = theOne(recording, "aws:cognito/identityPool:IdentityPool");
      const providerName = `cognito-idp.${recording.region}.amazonaws.com/${recording.outputs.userPoolId}`;
      expect(recording.outputs.identityPoolId).to.equal(id);
      expect(inputs).to.deep.equal({
        identityPoolName: `latchkey-identity-uploads-${stack}`,
        allowUnauthenticatedIdentities: false,
        allowClassicFlow: false,
        cognitoIdentityProviders: [
          { providerName, clientId: recording.outputs.userPoolClientId, serverSideTokenCheck: true },
        ],
      });
      expect(
        theOne(recording, "aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag").inputs,
      ).to.deep.equal({ identityPoolId: id, identityProviderName: providerName, principalTags: { userId: "sub" } });
      expect(
        theOne(recording, "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment").inputs,
      ).to.deep.equal({
        identityPoolId: id,
        roles: { authenticated: theOne(recording, "aws:iam/role:Role", "latchkey-identity-uploads-role").outputs.arn },
      });
    });
  });
}

describe("Identity", () => {
  const poolOf = async (config: Readonly<Record<string, string>>) => theOne(await declare("dev", config), poolType);

  const flows = async (passwordSignIn: string) =>
    theOne(await declare("dev", { "latchkey:passwordSignIn": passwordSignIn }), clientType).inputs.explicitAuthFlows;

  it("takes a password itself only where the configuration says so", async () => {
    const safe = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    expect(await flows("false")).to.deep.equal(safe);
    expect(await flows("true")).to.deep.equal([...safe, "ALLOW_USER_PASSWORD_AUTH"]);
  });

  it("offers no hosted sign-in without somewhere to come back to", async () => {
    const recording = await declare("dev", { "latchkey:callbackUrls": "[]", "latchkey:logoutUrls": "[]" });
    expect(resourcesOf(recording, "aws:cognito/userPoolDomain:UserPoolDomain")).to.deep.equal([]);
    expect(theOne(recording, clientType).inputs).not.to.have.property("allowedOauthFlows");
  });

  const mfa: [setting: string, configuration: string][] = [
    ["off", "OFF"],
    ["optional", "OPTIONAL"],
    ["required", "ON"],
  ];
  for (const [setting, configuration] of mfa) {
    it(`asks for one-time codes when they are ${setting}`, async () => {
      const { inputs } = await poolOf({ "latchkey:mfa": setting });
      expect(inputs.mfaConfiguration).to.equal(configuration);
      expect("softwareTokenMfaConfiguration" in inputs).to.equal(setting !== "off");
    });
  }

  it("watches for stolen passwords where that is paid for", async () => {
    const { inputs } = await poolOf({ "latchkey:threatProtection": "true" });
    expect(inputs).to.deep.include({ userPoolTier: "PLUS", userPoolAddOns: { advancedSecurityMode: "ENFORCED" } });
  });
});
