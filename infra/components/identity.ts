import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import { declareSignInProviders, type SignInProvidersArgs } from "./sign-in-providers.ts";
import { UploadIdentities } from "./upload-identities.ts";

export interface IdentityArgs extends SignInProvidersArgs {
  /** Where users with credentials of their own may upload. */
  bucket: MediaBucket;
  key: EncryptionKey;
  boundaryArn: pulumi.Input<string>;
  callbackUrls: readonly string[];
  logoutUrls: readonly string[];
  /** A prefix, or a domain of one's own, which has a dot; empty where the pool's id is to make a prefix. */
  signInDomain: string;
  /** In us-east-1; for a domain of one's own only. */
  signInCertificateArn: string;
  mfa: "off" | "optional" | "required";
  selfSignUp: boolean;
  /** Whether apps may send a password itself, besides proving it by SRP. */
  passwordSignIn: boolean;
  /** Costs the Plus tier. */
  threatProtection: boolean;
  protectData: boolean;
}

const mfaConfigurations = { off: "OFF", optional: "OPTIONAL", required: "ON" } as const;

/** Who the viewers are: a user pool, the public client that apps sign in through, and credentials for their uploads. */
export class Identity extends pulumi.ComponentResource {
  readonly userPoolId: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  /** The `iss` of the pool's tokens. */
  readonly issuer: pulumi.Output<string>;
  readonly identityPoolId: pulumi.Output<string>;
  /** Where the hosted sign-in is, and the name that the DNS record of a domain of one's own must point at. */
  readonly hosted: { readonly url: pulumi.Output<string>; readonly target: pulumi.Output<string> } | undefined;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:identity:Identity", name, {}, opts);
    const child = { parent: this };

    const pool = new aws.cognito.UserPool(
      name,
      {
        usernameAttributes: ["email"],
        // Olga@ and olga@ are one person.
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ["email"],
        passwordPolicy: {
          minimumLength: 12,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: true,
          temporaryPasswordValidityDays: 1,
        },
        mfaConfiguration: mfaConfigurations[args.mfa],
        ...(args.mfa !== "off" && { softwareTokenMfaConfiguration: { enabled: true } }),
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        adminCreateUserConfig: { allowAdminCreateUserOnly: !args.selfSignUp },
        userPoolTier: args.threatProtection ? "PLUS" : "ESSENTIALS",
        ...(args.threatProtection && {
          userPoolAddOns: {
            advancedSecurityMode: "ENFORCED",
            advancedSecurityAdditionalFlows: { customAuthMode: "ENFORCED" },
          },
        }),
        deletionProtection: args.protectData ? "ACTIVE" : "INACTIVE",
      },
      { parent: this, protect: args.protectData, retainOnDelete: args.protectData },
    );
    for (const [group, description] of [
      ["admins", "Look after the app and its users"],
      ["members", "Keep and share photos of their own"],
    ] as const) {
      new aws.cognito.UserGroup(`${name}-${group}`, { userPoolId: pool.id, name: group, description }, child);
    }

    if (args.threatProtection) declareRiskResponses(name, pool.id, child);

    const providers = declareSignInProviders(name, pool.id, args, child);
    const client = new aws.cognito.UserPoolClient(
      `${name}-app`,
      {
        userPoolId: pool.id,
        // Apps on people's devices can't keep a secret.
        generateSecret: false,
        explicitAuthFlows: [
          "ALLOW_USER_SRP_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          ...(args.passwordSignIn ? ["ALLOW_USER_PASSWORD_AUTH"] : []),
        ],
        ...hostedSignIn(args, providers),
        accessTokenValidity: 60,
        idTokenValidity: 60,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
      },
      child,
    );
    const { bucket, key, boundaryArn } = args;
    const uploads = new UploadIdentities(
      `${name}-uploads`,
      { bucket, key, userPool: pool, client, boundaryArn },
      child,
    );

    this.hosted = args.callbackUrls.length > 0 ? declareHostedSignIn(name, pool, args, child) : undefined;
    this.userPoolId = pool.id;
    this.clientId = client.id;
    this.issuer = pulumi.interpolate`https://${pool.endpoint}`;
    this.identityPoolId = uploads.identityPoolId;
    this.registerOutputs({
      userPoolId: this.userPoolId,
      clientId: this.clientId,
      issuer: this.issuer,
      identityPoolId: this.identityPoolId,
    });
  }
}

/**
 * Authorization code only: the implicit flow would put tokens into URLs. Cognito holds a client to PKCE when it sends a
 * challenge, and can't be told to ask for one.
 */
function hostedSignIn(
  { callbackUrls, logoutUrls }: IdentityArgs,
  providers: readonly pulumi.Output<string>[],
): Partial<aws.cognito.UserPoolClientArgs> {
  if (callbackUrls.length === 0) return {};
  return {
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ["code"],
    allowedOauthScopes: ["openid", "email", "profile"],
    supportedIdentityProviders: ["COGNITO", ...providers],
    callbackUrls: [...callbackUrls],
    logoutUrls: [...logoutUrls],
  };
}

function declareHostedSignIn(
  name: string,
  pool: aws.cognito.UserPool,
  { signInDomain, signInCertificateArn }: IdentityArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const ownDomain = signInDomain.includes(".");
  // Unique in the region because the pool's id is, and nobody has to think of one.
  const ofPool = pool.id.apply((id) => `latchkey-${id.toLowerCase().replace(/[^a-z0-9]/g, "")}`);
  const domain = new aws.cognito.UserPoolDomain(
    `${name}-domain`,
    {
      userPoolId: pool.id,
      domain: signInDomain || ofPool,
      ...(ownDomain && { certificateArn: signInCertificateArn }),
    },
    opts,
  );
  const prefixed = pulumi.interpolate`https://${domain.domain}.auth.${domain.region}.amazoncognito.com`;
  return {
    url: ownDomain ? pulumi.interpolate`https://${domain.domain}` : prefixed,
    target: domain.cloudfrontDistribution,
  };
}

/** Threat protection only watches until it is told what to do. Its mails would need an address of the stack's own. */
function declareRiskResponses(
  name: string,
  userPoolId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const act = (eventAction: "MFA_IF_CONFIGURED" | "BLOCK") => ({ eventAction, notify: false });
  new aws.cognito.RiskConfiguration(
    `${name}-risks`,
    {
      userPoolId,
      compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
      accountTakeoverRiskConfiguration: {
        actions: {
          lowAction: act("MFA_IF_CONFIGURED"),
          mediumAction: act("MFA_IF_CONFIGURED"),
          highAction: act("BLOCK"),
        },
      },
    },
    opts,
  );
}
