import type { Identity } from "./identity.ts";
import { checkPassword } from "./passwords.ts";
import type { AppClient, UserPool } from "./pools.ts";
import type { User } from "./store.ts";

/** A session in which the user, who has just proved a temporary password, may choose one of their own. */
export function demandNewPassword(identity: Identity, client: AppClient, { poolId, username }: User): string {
  return identity.challenges.issue(
    { kind: "NEW_PASSWORD_REQUIRED", poolId, clientId: client.id, username },
    client.validity.session,
  );
}

/** Resolves to undefined when the session is over; throws InvalidPasswordException, and keeps it, for a weak password. */
export async function replaceTemporaryPassword(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  session: string,
  password: string,
): Promise<User | undefined> {
  checkPassword(pool.passwordPolicy, password);
  const challenge = identity.challenges.redeem(session);
  if (challenge?.kind !== "NEW_PASSWORD_REQUIRED" || challenge.clientId !== client.id) return undefined;
  const user = identity.store.findUser(pool.id, challenge.username);
  if (user?.status !== "FORCE_CHANGE_PASSWORD") return undefined;
  return identity.directory.setPassword(pool, user, password);
}
