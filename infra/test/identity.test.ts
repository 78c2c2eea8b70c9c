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

  it("asks for long passwords of every kind of character, and for addresses that were proved", async () => {
    expect((await poolOf({})).inputs).to.deep.include({
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 1,
      },
      autoVerifiedAttributes: ["email"],
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
    });
  });

  const protection: [setting: string, deletionProtection: string][] = [
    ["true", "ACTIVE"],
    ["false", "INACTIVE"],
  ];
  for (const [protectData, deletionProtection] of protection) {
    it(`keeps its users from being deleted when protectData is ${protectData}`, async () => {
      const { inputs, protect } = await poolOf({ "latchkey:protectData": protectData });
      expect({ ...inputs, protect }).to.deep.include({ deletionProtection, protect: protectData === "true" });
    });
  }

  it("has a group for those who look after the app, and one for the rest, without roles of AWS", async () => {
    const groups = resourcesOf(await declare("dev"), "aws:cognito/userGroup:UserGroup");
    expect(groups.map(({ inputs }) => inputs.name)).to.have.members(["admins", "members"]);
    for (const { inputs } of groups) expect(inputs).not.to.have.property("roleArn");
  });

  it("watches for stolen passwords where that is paid for, and acts on them", async () => {
    const recording = await declare("dev", { "latchkey:threatProtection": "true" });
    expect(theOne(recording, poolType).inputs).to.deep.include({
      userPoolTier: "PLUS",
      userPoolAddOns: {
        advancedSecurityMode: "ENFORCED",
        advancedSecurityAdditionalFlows: { customAuthMode: "ENFORCED" },
      },
    });
    expect(theOne(recording, "aws:cognito/riskConfiguration:RiskConfiguration").inputs).to.deep.equal({
      userPoolId: recording.outputs.userPoolId,
      compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
      accountTakeoverRiskConfiguration: {
        actions: {
          lowAction: { eventAction: "MFA_IF_CONFIGURED", notify: false },
          mediumAction: { eventAction: "MFA_IF_CONFIGURED", notify: false },
          highAction: { eventAction: "BLOCK", notify: false },
        },
      },
    });
  });

  const privateKey = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  const providers: Readonly<Record<string, [settings: Record<string, string>, inputs: object]>> = {
    Google: [
      {
        "latchkey:googleClientId": "123-abc.apps.googleusercontent.com",
        "latchkey:googleClientSecret": "GOCSPX-secret",
      },
      {
        providerType: "Google",
        providerDetails: {
          client_id: "123-abc.apps.googleusercontent.com",
          client_secret: "GOCSPX-secret",
          authorize_scopes: "openid email profile",
        },
      },
    ],
    SignInWithApple: [
      {
        "latchkey:appleServicesId": "com.example.photos.signin",
        "latchkey:appleTeamId": "TEAM567890",
        "latchkey:appleKeyId": "KEY4567890",
        "latchkey:applePrivateKey": privateKey,
      },
      {
        providerType: "SignInWithApple",
        providerDetails: {
          client_id: "com.example.photos.signin",
          team_id: "TEAM567890",
          key_id: "KEY4567890",
          private_key: privateKey,
          authorize_scopes: "email name",
        },
      },
    ],
    Acme: [
      {
        "latchkey:oidcName": "Acme",
        "latchkey:oidcIssuer": "https://login.acme.example",
        "latchkey:oidcClientId": "latchkey",
        "latchkey:oidcClientSecret": "a-long-secret",
      },
      {
        providerType: "OIDC",
        providerDetails: {
          oidc_issuer: "https://login.acme.example",
          client_id: "latchkey",
          client_secret: "a-long-secret",
          authorize_scopes: "openid email profile",
          attributes_request_method: "GET",
        },
      },
    ],
  };
  for (const [providerName, [settings, inputs]] of Object.entries(providers)) {
    it(`lets people sign in with ${providerName}`, async () => {
      const recording = await declare("dev", settings);
      expect(theOne(recording, "aws:cognito/identityProvider:IdentityProvider").inputs).to.deep.equal({
        userPoolId: recording.outputs.userPoolId,
        providerName,
        attributeMapping: { username: "sub", email: "email" },
        ...inputs,
      });
      expect(theOne(recording, clientType).inputs.supportedIdentityProviders).to.deep.equal(["COGNITO", providerName]);
    });
  }

  const domains: Readonly<Record<string, [settings: Record<string, string>, inputs: object, url: string]>> = {
    "a prefix": [
      { "latchkey:signInDomain": "photos-acme" },
      { domain: "photos-acme" },
      "https://photos-acme.auth.us-east-1.amazoncognito.com",
    ],
    "a domain of one's own": [
      {
        "latchkey:signInDomain": "signin.example.com",
        "latchkey:signInCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
      },
      { domain: "signin.example.com", certificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/1" },
      "https://signin.example.com",
    ],
  };
  for (const [what, [settings, inputs, url]] of Object.entries(domains)) {
    it(`puts the hosted sign-in at ${what}`, async () => {
      const recording = await declare("dev", settings);
      expect(theOne(recording, "aws:cognito/userPoolDomain:UserPoolDomain").inputs).to.deep.equal({
        userPoolId: recording.outputs.userPoolId,
        ...inputs,
      });
      expect(recording.outputs.signInUrl).to.equal(url);
      expect(recording.outputs.signInTarget).to.match(/\.cloudfront\.net$/);
    });
  }

  it("costs nothing more, and asks for no code, in the dev stack", async () => {
    const recording = await declare("dev");
    expect(theOne(recording, poolType).inputs).to.deep.include({ userPoolTier: "ESSENTIALS", mfaConfiguration: "OFF" });
    expect(resourcesOf(recording, "aws:cognito/riskConfiguration:RiskConfiguration")).to.deep.equal([]);
  });
});
