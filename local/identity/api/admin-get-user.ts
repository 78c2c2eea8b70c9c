import { Type } from "typebox";
import { existingUser } from "./existing-user.ts";
import { adminOperation } from "./operation.ts";
import { Name } from "./parameters.ts";
import { userRecord } from "./user-record.ts";

export const adminGetUser = adminOperation("AdminGetUser", Type.Object({ Username: Name }), (identity, pool, input) => {
  const { attributes, ...record } = userRecord(existingUser(identity, pool, input.Username));
  return { ...record, UserAttributes: attributes };
});
