import { Type } from "typebox";
import { checkPassword } from "../passwords.ts";
import { existingUser } from "./existing-user.ts";
import { adminOperation } from "./operation.ts";
import { Name, Secret } from "./parameters.ts";

const Input = Type.Object({ Username: Name, Password: Secret, Permanent: Type.Optional(Type.Boolean()) });

const dayMs = 86_400_000;

export const adminSetUserPassword = adminOperation("AdminSetUserPassword", Input, async (identity, pool, input) => {
  const user = existingUser(identity, pool, input.Username);
  checkPassword(pool.passwordPolicy, input.Password);
  const until = identity.now().getTime() + pool.passwordPolicy.temporaryPasswordValidityDays * dayMs;
  await identity.directory.setPassword(pool, user, input.Password, input.Permanent ? undefined : until);
  return {};
});
