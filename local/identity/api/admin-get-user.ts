import { Type } from "typebox";
import { existingUser } from "./existing-user.ts";
import { mfaSettings } from "./mfa-settings.ts";
import { adminOperation } from "./operation.ts";
import { Name } from "./parameters.ts";
import { userRecord } from "./user-record.ts";

export const adminGetUser = adminOperation("AdminGetUser", Type.Object({ Username: Name }), (identity, pool, input) => {
  const user = existingUser(identity, pool, input.Username);
  const { attributes, ...record } = userRecord(user);
  return { ...record, UserAttributes: attributes, ...mfaSettings(user) };
});
