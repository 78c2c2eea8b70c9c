import type { LinkId } from "../share-link.ts";

/** What a link is opened by: it names the link, and holds a secret that only its hash is kept of. */
export interface LinkTokens {
  issue(id: LinkId): IssuedToken;
  /** Undefined for what no link's token looks like. */
  parse(token: string): { readonly id: LinkId; readonly hash: Uint8Array } | undefined;
  /** In constant time. */
  matches(one: Uint8Array, other: Uint8Array): boolean;
}

export interface IssuedToken {
  readonly token: string;
  readonly hash: Uint8Array;
}

/** Slow on purpose; both reject with TooManyRequestsError while too many others wait. */
export interface PasswordHasher {
  /** In a form that names its own parameters. */
  hash(password: string): Promise<string>;
  matches(password: string, hash: string): Promise<boolean>;
}
