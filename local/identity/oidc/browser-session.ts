import { cookieOf, type HttpRequest } from "../http.ts";
import type { Identity } from "../identity.ts";
import type { UserPool } from "../pools.ts";
import type { User } from "../store.ts";

/** As long as Cognito's own. */
const seconds = 3600;
const name = "cognito";

/** The user whom this browser signed in as, unless they have signed out everywhere since. */
export function browserUser(
  identity: Identity,
  pool: UserPool,
  request: HttpRequest,
): { user: User; startedAt: number } | undefined {
  const session = identity.browsers.peek(cookieOf(request, name) ?? "");
  const user = session?.poolId === pool.id ? identity.store.findUser(pool.id, session.username) : undefined;
  if (!session || !user || session.startedAt <= (user.signedOutAt ?? 0)) return undefined;
  return { user, startedAt: session.startedAt };
}

/** The headers that make the browser remember its user. */
export function rememberBrowser(identity: Identity, pool: UserPool, user: User) {
  const startedAt = identity.now().getTime();
  const ticket = identity.browsers.issue({ poolId: pool.id, username: user.username, startedAt }, seconds);
  return { "set-cookie": cookie(pool.id, name, ticket, seconds) };
}

export function forgetBrowser(identity: Identity, poolId: string, request: HttpRequest) {
  identity.browsers.redeem(cookieOf(request, name) ?? "");
  return { "set-cookie": cookie(poolId, name, "", 0) };
}

/** Out of reach of scripts and of other sites' forms; not `Secure`, since loopback speaks plain HTTP. */
export function cookie(poolId: string, cookieName: string, value: string, maxAge: number): string {
  return `${cookieName}=${value}; Path=/${poolId}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax`;
}
