import type { Directory } from "./directory.ts";
import { generatePassword } from "./passwords.ts";
import type { UserPool } from "./pools.ts";
import { asksForCode } from "./sign-in-steps.ts";
import type { User } from "./store.ts";
import { createTotpSecret } from "./totp.ts";

/** A user to try things with; the password is this data folder's own. */
export interface DemoUser {
  readonly userPoolId: string;
  /** What to sign in with: an address where the pool asks for one. */
  readonly username: string;
  readonly password: string;
  /** Of the user's authenticator app; only where signing in takes a code of it. */
  readonly totpSecret?: string;
}

/** An owner, her friend, and somebody whom neither knows. */
const names = ["olga", "fred", "sam"];

/** Makes the demo users of a pool when they are not there yet. */
export async function ensureDemoUsers(directory: Directory, pool: UserPool): Promise<DemoUser[]> {
  const byEmail = pool.declared.usernameAttributes?.includes("email");
  const byPhone = !byEmail && pool.declared.usernameAttributes?.includes("phone_number");
  const users: DemoUser[] = [];
  for (const [index, name] of names.entries()) {
    const email = `${name}@example.com`;
    const phoneNumber = `+1555010000${index}`;
    const required = Object.fromEntries(
      (pool.declared.schemas ?? [])
        .filter((attribute) => attribute.required && attribute.name !== "email")
        .map((attribute) => [attribute.name, attribute.name === "phone_number" ? phoneNumber : name]),
    );
    const username = byEmail ? email : byPhone ? phoneNumber : name;
    const found =
      directory.find(pool, username) ??
      (await directory.create(pool, {
        signInName: username,
        password: generatePassword(pool.passwordPolicy),
        attributes: { email, email_verified: "true", ...required },
        status: "CONFIRMED",
        demo: true,
      }));
    // Somebody may have taken the name by signing up; then it is nobody's to show.
    if (found.demoPassword === undefined) continue;
    const user = withApp(directory, pool, found);
    users.push({
      userPoolId: pool.id,
      username,
      password: found.demoPassword,
      ...(user.softwareToken && asksForCode(pool, user) && { totpSecret: user.softwareToken.secret }),
    });
  }
  return users;
}

/** Where everybody must have an app, a demo user has one from the beginning: nobody begins with a set-up. */
function withApp(directory: Directory, pool: UserPool, user: User): User {
  if (pool.declared.mfaConfiguration !== "ON" || user.softwareToken) return user;
  return directory.update(user, { softwareToken: { secret: createTotpSecret(), usedStep: 0 } });
}
