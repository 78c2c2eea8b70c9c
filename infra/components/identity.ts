import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MediaBucket } from "./media-bucket.ts";
import { UploadIdentities } from "./upload-identities.ts";

export interface IdentityArgs {
  /** Where users with credentials of their own may upload. */
  bucket: MediaBucket;
  boundaryArn: pulumi.Input<string>;
  callbackUrls: readonly string[];
  logoutUrls: readonly string[];
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
        ...(args.threatProtection && { userPoolAddOns: { advancedSecurityMode: "ENFORCED" } }),
        deletionProtection: args.protectData ? "ACTIVE" : "INACTIVE",
      },
      { parent: this, protect: args.protectData, retainOnDelete: args.protectData },
    );
    for (const [group, description] of [
      ["admins", "May look after every photo"],
      ["members", "Keep and share photos of their own"],
    ] as const) {
      new aws.cognito.UserGroup(`${name}-${group}`, { userPoolId: pool.id, name: group, description }, child);
    }

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
        ...hostedSignIn(args),
        accessTokenValidity: 60,
        idTokenValidity: 60,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
      },
      child,
    );
    if (args.callbackUrls.length > 0) {
      new aws.cognito.UserPoolDomain(
        `${name}-domain`,
        // Unique in the region because the pool's id is, and nobody has to think of one.
        {
          userPoolId: pool.id,
          domain: pool.id.apply((id) => `latchkey-${id.toLowerCase().replace(/[^a-z0-9]/g, "")}`),
        },
        child,
      );
    }
    const { bucket, boundaryArn } = args;
    const uploads = new UploadIdentities(`${name}-uploads`, { bucket, userPool: pool, client, boundaryArn }, child);

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
function hostedSignIn({ callbackUrls, logoutUrls }: IdentityArgs): Partial<aws.cognito.UserPoolClientArgs> {
  if (callbackUrls.length === 0) return {};
  return {
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ["code"],
    allowedOauthScopes: ["openid", "email", "profile"],
    supportedIdentityProviders: ["COGNITO"],
    callbackUrls: [...callbackUrls],
    logoutUrls: [...logoutUrls],
  };
}
