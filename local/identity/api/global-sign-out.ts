import { Type } from "typebox";
import { apiScope } from "../tokens.ts";
import { appOperation } from "./operation.ts";
import { Secret } from "./parameters.ts";

/** Ends every session of the user, those of the hosted UI too. */
export const globalSignOut = appOperation(Type.Object({ AccessToken: Secret }), async (identity, input) => {
  const { user } = await identity.tokens.verifyAccess(input.AccessToken, apiScope);
  identity.directory.update(user, { signedOutAt: identity.now().getTime() });
  return {};
});
