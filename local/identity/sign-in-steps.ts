import type { Identity, StepKind } from "./identity.ts";
import { checkPassword } from "./passwords.ts";
import type { AppClient, UserPool } from "./pools.ts";
import type { User } from "./store.ts";

/*
 * What a user who has proved the password has still to do before there are tokens. Each step has a session, for that step of
 * that user in that client alone; what it is not for, or no longer, resolves to undefined.
 */

export interface SignInStep {
  readonly kind: StepKind;
  readonly session: string;
}

/** Opens the session of what is next for a user who has proved the password; undefined where nothing is. */
export function nextStep(identity: Identity, pool: UserPool, client: AppClient, user: User): SignInStep | undefined {
  const kind = stepOf(pool, user);
  return kind && { kind, session: openSession(identity, client, user, kind) };
}

function stepOf(pool: UserPool, user: User): StepKind | undefined {
  if (user.status === "FORCE_CHANGE_PASSWORD") return "NEW_PASSWORD_REQUIRED";
  if (asksForCode(pool, user)) return "SOFTWARE_TOKEN_MFA";
  return pool.declared.mfaConfiguration === "ON" ? "MFA_SETUP" : undefined;
}

/** Where a pool leaves it to its users, having an app is not enough: they turn it on by SetUserMFAPreference. */
export function asksForCode(pool: UserPool, { softwareToken, mfaPreference }: User): boolean {
  const { mfaConfiguration = "OFF" } = pool.declared;
  if (!softwareToken || mfaConfiguration === "OFF") return false;
  return mfaConfiguration === "ON" || mfaPreference?.enabled === true;
}

function openSession(
  identity: Identity,
  client: AppClient,
  { poolId, username }: User,
  kind: StepKind | "MFA_SETUP_DONE",
): string {
  return identity.challenges.issue({ kind, poolId, clientId: client.id, username }, client.validity.session);
}

/** The step that a session is for, if it still is: a password or an app may have been set since, in another session. */
export function stepIn(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  session: string,
): { readonly kind: StepKind; readonly user: User } | undefined {
  const challenge = identity.challenges.peek(session);
  if (challenge?.clientId !== client.id) return undefined;
  if (challenge.kind === "PASSWORD_VERIFIER" || challenge.kind === "MFA_SETUP_DONE") return undefined;
  const user = identity.store.findUser(pool.id, challenge.username);
  return user && stepOf(pool, user) === challenge.kind ? { kind: challenge.kind, user } : undefined;
}

export function userInStep(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  { kind, session }: SignInStep,
): User | undefined {
  const step = stepIn(identity, pool, client, session);
  return step?.kind === kind ? step.user : undefined;
}

/** Throws InvalidPasswordException, and keeps the session, for a weak password. */
export async function replaceTemporaryPassword(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  session: string,
  password: string,
): Promise<User | undefined> {
  checkPassword(pool.passwordPolicy, password);
  const user = userInStep(identity, pool, client, { kind: "NEW_PASSWORD_REQUIRED", session });
  identity.challenges.redeem(session);
  return user && identity.directory.setPassword(pool, user, password);
}

/** Throws what SoftwareTokens.accept throws, and keeps the session: people mistype. */
export async function answerWithCode(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  session: string,
  code: string,
): Promise<User | undefined> {
  const user = userInStep(identity, pool, client, { kind: "SOFTWARE_TOKEN_MFA", session });
  if (!user) return undefined;
  await identity.softwareTokens.accept(user, code);
  identity.challenges.redeem(session);
  return user;
}

/** Takes the first code of an app. Throws what SoftwareTokens.enroll throws, and keeps the session. */
export function proveApp(
  identity: Identity,
  pool: UserPool,
  client: AppClient,
  session: string,
  { code, deviceName }: { code: string; deviceName?: string | undefined },
): User | undefined {
  const user = userInStep(identity, pool, client, { kind: "MFA_SETUP", session });
  if (!user) return undefined;
  identity.softwareTokens.enroll(user, code, deviceName);
  identity.challenges.redeem(session);
  return identity.directory.update(user, { mfaPreference: { enabled: true, preferred: false } });
}

/** A session in which the user, whose app has been proved, may go on. */
export function openAfterSetup(identity: Identity, client: AppClient, user: User): string {
  return openSession(identity, client, user, "MFA_SETUP_DONE");
}

export function endSetup(identity: Identity, pool: UserPool, client: AppClient, session: string): User | undefined {
  const challenge = identity.challenges.peek(session);
  if (challenge?.kind !== "MFA_SETUP_DONE" || challenge.clientId !== client.id) return undefined;
  identity.challenges.redeem(session);
  return identity.store.findUser(pool.id, challenge.username);
}
