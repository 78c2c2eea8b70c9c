import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import type { SQLInputValue } from "node:sqlite";
import { type Static, type TSchema, Type } from "typebox";
import { parse } from "../parse.ts";
import { SqliteDatabase } from "../sqlite-database.ts";

const User = Type.Object({
  poolId: Type.String(),
  username: Type.String(),
  sub: Type.String(),
  status: Type.Union([Type.Literal("UNCONFIRMED"), Type.Literal("CONFIRMED"), Type.Literal("FORCE_CHANGE_PASSWORD")]),
  attributes: Type.Record(Type.String(), Type.String()),
  groups: Type.Array(Type.String()),
  password: Type.Object({
    salt: Type.String(),
    scrypt: Type.String(),
    srp: Type.Object({ salt: Type.String(), verifier: Type.String() }),
  }),
  /** In the clear, and of demo users only: `npm start` prints it. */
  demoPassword: Type.Optional(Type.String()),
  /** An authenticator app that a code of it has proved. No code of `usedStep`, nor one of before, is taken again. */
  softwareToken: Type.Optional(
    Type.Object({ secret: Type.String(), usedStep: Type.Number(), deviceName: Type.Optional(Type.String()) }),
  ),
  mfaPreference: Type.Optional(Type.Object({ enabled: Type.Boolean(), preferred: Type.Boolean() })),
  /** Times are milliseconds since the epoch. */
  temporaryPasswordUntil: Type.Optional(Type.Number()),
  /** Sessions that began up to here are over. */
  signedOutAt: Type.Optional(Type.Number()),
  createdAt: Type.Number(),
  updatedAt: Type.Number(),
});
export type User = Static<typeof User>;

const Session = Type.Object({
  /** `origin_jti` of every token of the session. */
  id: Type.String(),
  poolId: Type.String(),
  username: Type.String(),
  clientId: Type.String(),
  scopes: Type.Array(Type.String()),
  startedAt: Type.Number(),
  expiresAt: Type.Number(),
  revoked: Type.Boolean(),
});
/** One sign-in, for as long as its refresh token lives. */
export type Session = Static<typeof Session>;

const Row = Type.Object({ body: Type.String() });

export interface IdentityStore {
  findUser(poolId: string, username: string): User | undefined;
  findUserByAttribute(poolId: string, name: string, value: string): User | undefined;
  /** In order of username, from after `cursor`. */
  listUsers(poolId: string, cursor: string, limit: number): User[];
  /** Inserts or replaces. */
  putUser(user: User): void;
  findSession(id: string): Session | undefined;
  findSessionByRefreshToken(hash: string): Session | undefined;
  putSession(session: Session, refreshTokenHash: string): void;
  revokeSession(id: string): void;
  /** PKCS #8, made at the first call for the pool and the same ever after. */
  signingKeyPem(poolId: string): string;
  close(): void;
}

const schema = `
  CREATE TABLE users (
    pool TEXT, username TEXT, body TEXT NOT NULL, PRIMARY KEY (pool, username)
  ) WITHOUT ROWID;
  CREATE INDEX users_by_email ON users (pool, json_extract(body, '$.attributes.email'));
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY, refresh_hash TEXT NOT NULL UNIQUE, expires_at INTEGER NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE signing_keys (pool TEXT PRIMARY KEY, pem TEXT NOT NULL) WITHOUT ROWID;
`;

/** Opens the users, sessions and signing keys of a data folder; throws what SqliteDatabase throws. */
export function openIdentityStore(folder: string, now: () => Date): IdentityStore {
  const file = join(folder, "identity.sqlite");
  const database = new SqliteDatabase({ file, schema, version: 1 });
  database.command("DELETE FROM sessions WHERE expires_at < ?")(now().getTime());

  const damaged = (fault: string) => new Error(`${file} is damaged (${fault}): move it away.`);
  const select = <T extends TSchema>(type: T, sql: string) => {
    const rows = database.query(sql, Row);
    return (...values: SQLInputValue[]): Static<T>[] =>
      rows(...values).map(({ body }) => parse(type, JSON.parse(body), damaged));
  };
  const users = select(User, "SELECT body FROM users WHERE pool = ? AND username = ?");
  const usersByEmail = select(
    User,
    "SELECT body FROM users WHERE pool = ? AND json_extract(body, '$.attributes.email') = ?",
  );
  const usersByAttribute = select(
    User,
    "SELECT body FROM users WHERE pool = ? AND EXISTS " +
      "(SELECT 1 FROM json_each(body, '$.attributes') WHERE key = ? AND value = ?)",
  );
  const userPage = select(User, "SELECT body FROM users WHERE pool = ? AND username > ? ORDER BY username LIMIT ?");
  const writeUser = database.command("INSERT OR REPLACE INTO users VALUES (?, ?, ?)");
  const sessions = select(Session, "SELECT body FROM sessions WHERE id = ?");
  const sessionsByToken = select(Session, "SELECT body FROM sessions WHERE refresh_hash = ?");
  const writeSession = database.command("INSERT INTO sessions VALUES (?, ?, ?, ?)");
  const revoke = database.command("UPDATE sessions SET body = json_set(body, '$.revoked', json('true')) WHERE id = ?");
  const keys = database.query("SELECT pem FROM signing_keys WHERE pool = ?", Type.Object({ pem: Type.String() }));
  const writeKey = database.command("INSERT INTO signing_keys VALUES (?, ?)");

  return {
    findUser: (poolId, username) => users(poolId, username)[0],
    findUserByAttribute: (poolId, name, value) =>
      (name === "email" ? usersByEmail(poolId, value) : usersByAttribute(poolId, name, value))[0],
    listUsers: (poolId, cursor, limit) => userPage(poolId, cursor, limit),
    putUser(user) {
      writeUser(user.poolId, user.username, JSON.stringify(user));
    },
    findSession: (id) => sessions(id)[0],
    findSessionByRefreshToken: (hash) => sessionsByToken(hash)[0],
    putSession(session, refreshTokenHash) {
      writeSession(session.id, refreshTokenHash, session.expiresAt, JSON.stringify(session));
    },
    revokeSession(id) {
      revoke(id);
    },
    signingKeyPem(poolId) {
      const [found] = keys(poolId);
      if (found) return found.pem;
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      writeKey(poolId, pem);
      return pem;
    },
    close: () => database.close(),
  };
}
