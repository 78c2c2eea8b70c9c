import { randomUUID } from "node:crypto";
import { type Attributes, isEmail, isPhoneNumber, requireAttributes } from "./attributes.ts";
import { CognitoError } from "./errors.ts";
import { hashPassword } from "./passwords.ts";
import type { UserPool } from "./pools.ts";
import type { IdentityStore, User } from "./store.ts";

export interface NewUser {
  /** What the user will type to sign in; the username itself is a UUID where the pool signs in with an address. */
  readonly signInName: string;
  readonly password: string;
  readonly attributes: Attributes;
  readonly status: User["status"];
  readonly temporaryPasswordUntil?: number;
  readonly demo?: boolean;
}

/** The users of the pools. */
export interface Directory {
  /** By username, or by the address that the pool lets users sign in with. */
  find(pool: UserPool, signInName: string): User | undefined;
  /** Throws UsernameExistsException, and InvalidParameterException for a name or attributes that the pool refuses. */
  create(pool: UserPool, user: NewUser): Promise<User>;
  setPassword(pool: UserPool, user: User, password: string, temporaryUntil?: number): Promise<User>;
  update(
    user: User,
    change: Partial<Pick<User, "status" | "attributes" | "groups" | "signedOutAt" | "softwareToken" | "mfaPreference">>,
  ): User;
}

export function createDirectory(store: IdentityStore, now: () => Date): Directory {
  /** Reads the user afresh: what was in hand may have changed while a password was hashed. */
  function update(user: User, change: Partial<User>): User {
    const current = store.findUser(user.poolId, user.username) ?? user;
    const updated = { ...current, ...change, updatedAt: now().getTime() };
    store.putUser(updated);
    return updated;
  }

  function find(pool: UserPool, signInName: string): User | undefined {
    const name = normalize(pool, signInName);
    const byName = store.findUser(pool.id, name);
    if (byName) return byName;
    for (const attribute of pool.declared.usernameAttributes ?? []) {
      const user = store.findUserByAttribute(pool.id, attribute, name);
      if (user) return user;
    }
    for (const attribute of pool.declared.aliasAttributes ?? []) {
      const user = store.findUserByAttribute(pool.id, attribute, name);
      // Anybody can claim an address; only its owner confirms it.
      if (user?.attributes[`${attribute}_verified`] === "true" || (user && attribute === "preferred_username")) {
        return user;
      }
    }
    return undefined;
  }

  return {
    find,
    update,

    async create(pool, { signInName, password, attributes, status, temporaryPasswordUntil, demo = false }) {
      const named = nameUser(pool, signInName, attributes);
      requireAttributes(pool, named.attributes);
      const hashed = await hashPassword(pool, named.username, password);
      // No await from here on: between the look and the write nobody else may take the name.
      if (find(pool, signInName)) throw new CognitoError("UsernameExistsException", "User already exists");
      const createdAt = now().getTime();
      const user: User = {
        poolId: pool.id,
        ...named,
        status,
        groups: [],
        password: hashed,
        ...(temporaryPasswordUntil !== undefined && { temporaryPasswordUntil }),
        ...(demo && { demoPassword: password }),
        createdAt,
        updatedAt: createdAt,
      };
      store.putUser(user);
      return user;
    },

    async setPassword(pool, user, password, temporaryUntil) {
      const hashed = await hashPassword(pool, user.username, password);
      const { temporaryPasswordUntil: _lapsed, ...kept } = store.findUser(user.poolId, user.username) ?? user;
      const updated: User = {
        ...kept,
        password: hashed,
        status: temporaryUntil === undefined ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD",
        ...(temporaryUntil !== undefined && { temporaryPasswordUntil: temporaryUntil }),
        // What `npm start` prints must still sign in.
        ...(user.demoPassword !== undefined && { demoPassword: password }),
        updatedAt: now().getTime(),
      };
      store.putUser(updated);
      return updated;
    },
  };
}

/** A name as the pool tells names apart. */
export function normalize(pool: UserPool, name: string): string {
  return pool.declared.usernameConfiguration?.caseSensitive === false ? name.toLowerCase() : name;
}

/** Where the pool signs in with an address, the address becomes an attribute and the username a UUID, equal to `sub`. */
function nameUser(
  pool: UserPool,
  signInName: string,
  attributes: Attributes,
): Pick<User, "username" | "sub" | "attributes"> {
  const name = normalize(pool, signInName);
  const sub = randomUUID();
  const addresses = pool.declared.usernameAttributes ?? [];
  if (addresses.length > 0) {
    const attribute = [isEmail(name) && "email", isPhoneNumber(name) && "phone_number"].find(
      (kind) => kind && addresses.includes(kind),
    );
    if (!attribute) {
      const what = addresses.map((kind) => (kind === "email" ? "an email" : "a phone number")).join(" or ");
      throw new CognitoError("InvalidParameterException", `Username should be ${what}.`);
    }
    return { username: sub, sub, attributes: { ...attributes, [attribute]: name } };
  }
  if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(name)) {
    throw new CognitoError("InvalidParameterException", "Username must be 1 to 128 characters, none of them a space.");
  }
  if (pool.declared.aliasAttributes?.includes("email") && isEmail(name)) {
    throw new CognitoError(
      "InvalidParameterException",
      "Username cannot be of email format, since user pool is configured for email alias.",
    );
  }
  return { username: name, sub, attributes };
}
