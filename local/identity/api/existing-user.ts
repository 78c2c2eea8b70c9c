import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import type { UserPool } from "../pools.ts";
import type { User } from "../store.ts";

/** For administrators, from whom it is not hidden who exists. */
export function existingUser(identity: Identity, pool: UserPool, name: string): User {
  const user = identity.directory.find(pool, name);
  if (!user) throw new CognitoError("UserNotFoundException", "User does not exist.");
  return user;
}
