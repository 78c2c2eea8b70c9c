import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Accounts elsewhere that people may sign in with; empty where the stack has no such provider. */
export interface SignInProvidersArgs {
  googleClientId: string;
  googleClientSecret: string;
  appleServicesId: string;
  appleTeamId: string;
  appleKeyId: string;
  /** PEM, as Apple's .p8 file holds it. */
  applePrivateKey: string;
  /** What the button of the sign-in page says. */
  oidcName: string;
  oidcIssuer: string;
  oidcClientId: string;
  oidcClientSecret: string;
}

interface ProviderSettings {
  readonly providerName: string;
  readonly providerType: "Google" | "SignInWithApple" | "OIDC";
  readonly details: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Declares the providers that are set, and returns their names. What they sign a user in with becomes the pool's `email`. */
export function declareSignInProviders(
  name: string,
  userPoolId: pulumi.Input<string>,
  args: SignInProvidersArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  return settingsOf(args).map(({ providerName, providerType, details }) => {
    const provider = new aws.cognito.IdentityProvider(
      `${name}-${providerType.toLowerCase()}`,
      {
        userPoolId,
        providerName,
        providerType,
        providerDetails: details,
        attributeMapping: { username: "sub", email: "email" },
      },
      opts,
    );
    return provider.providerName;
  });
}

function settingsOf(args: SignInProvidersArgs): ProviderSettings[] {
  const providers: ProviderSettings[] = [];
  if (args.googleClientId) {
    providers.push({
      providerName: "Google",
      providerType: "Google",
      details: {
        client_id: args.googleClientId,
        client_secret: pulumi.secret(args.googleClientSecret),
        authorize_scopes: "openid email profile",
      },
    });
  }
  if (args.appleServicesId) {
    providers.push({
      providerName: "SignInWithApple",
      providerType: "SignInWithApple",
      details: {
        client_id: args.appleServicesId,
        team_id: args.appleTeamId,
        key_id: args.appleKeyId,
        private_key: pulumi.secret(args.applePrivateKey),
        authorize_scopes: "email name",
      },
    });
  }
  if (args.oidcIssuer) {
    providers.push({
      providerName: args.oidcName,
      providerType: "OIDC",
      details: {
        oidc_issuer: args.oidcIssuer,
        client_id: args.oidcClientId,
        client_secret: pulumi.secret(args.oidcClientSecret),
        authorize_scopes: "openid email profile",
        attributes_request_method: "GET",
      },
    });
  }
  return providers;
}
