import { Type } from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { CognitoError } from "../errors.ts";
import { apiScope } from "../tokens.ts";
import { appOperation } from "./operation.ts";
import { Secret } from "./parameters.ts";

const Settings = Type.Optional(
  Type.Object({ Enabled: Type.Optional(Type.Boolean()), PreferredMfa: Type.Optional(Type.Boolean()) }),
);

const Input = Type.Object({
  AccessToken: Secret,
  SoftwareTokenMfaSettings: Settings,
  SMSMfaSettings: Settings,
  EmailMfaSettings: Settings,
  WebAuthnMfaSettings: Settings,
});

export const setUserMfaPreference = appOperation(Input, async (identity, input) => {
  const { AccessToken, SoftwareTokenMfaSettings, ...others } = input;
  const { user } = await identity.tokens.verifyAccess(AccessToken, apiScope);
  for (const [name, settings] of Object.entries(others)) {
    if (settings.Enabled || settings.PreferredMfa) {
      throw notImplemented("cognito-idp", `SetUserMFAPreference with ${name}`);
    }
  }
  if (!SoftwareTokenMfaSettings) return {};
  const { Enabled: enabled = false, PreferredMfa: preferred = false } = SoftwareTokenMfaSettings;
  if (enabled && !user.softwareToken) {
    throw new CognitoError("InvalidParameterException", "User has not verified software token mfa");
  }
  if (preferred && !enabled) {
    throw new CognitoError("InvalidParameterException", "A factor that is not enabled cannot be the preferred one.");
  }
  identity.directory.update(user, { mfaPreference: { enabled, preferred } });
  return {};
});
