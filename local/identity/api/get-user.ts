import { Type } from "typebox";
import { toAttributeList, visibleAttributes } from "../attributes.ts";
import { apiScope } from "../tokens.ts";
import { mfaSettings } from "./mfa-settings.ts";
import { appOperation } from "./operation.ts";
import { Secret } from "./parameters.ts";

export const getUser = appOperation(Type.Object({ AccessToken: Secret }), async (identity, input) => {
  const { user, client, session } = await identity.tokens.verifyAccess(input.AccessToken, apiScope);
  return {
    Username: user.username,
    UserAttributes: toAttributeList(user.sub, visibleAttributes(client, session.scopes, user.attributes)),
    ...mfaSettings(user),
  };
});
