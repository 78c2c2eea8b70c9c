import { Type } from "typebox";
import { CognitoError } from "../errors.ts";
import type { UserPool } from "../pools.ts";
import { existingUser } from "./existing-user.ts";
import { adminOperation } from "./operation.ts";
import { Name } from "./parameters.ts";

const Input = Type.Object({ Username: Name, GroupName: Name });

export const adminAddUserToGroup = adminOperation("AdminAddUserToGroup", Input, (identity, pool, input) => {
  checkGroup(pool, input.GroupName);
  const user = existingUser(identity, pool, input.Username);
  identity.directory.update(user, { groups: [...new Set([...user.groups, input.GroupName])] });
  return {};
});

export const adminRemoveUserFromGroup = adminOperation("AdminRemoveUserFromGroup", Input, (identity, pool, input) => {
  checkGroup(pool, input.GroupName);
  const user = existingUser(identity, pool, input.Username);
  identity.directory.update(user, { groups: user.groups.filter((group) => group !== input.GroupName) });
  return {};
});

/** Groups are the program's to declare. */
function checkGroup(pool: UserPool, name: string): void {
  if (!pool.groups.has(name)) throw new CognitoError("ResourceNotFoundException", "Group not found.");
}
