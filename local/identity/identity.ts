import type { Account } from "../iam/account.ts";
import type { Authorize } from "../iam/types.ts";
import type { Recording } from "../program/recording.ts";
import type { Authenticator, SrpChallenge } from "./authenticator.ts";
import type { Confirmations } from "./confirmations.ts";
import type { Directory } from "./directory.ts";
import type { SoftwareTokens } from "./software-tokens.ts";
import type { IdentityStore } from "./store.ts";
import type { Tickets } from "./tickets.ts";
import type { TokenIssuer } from "./tokens.ts";

/** What may be left to do for a user who has proved the password. */
export type StepKind = "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" | "MFA_SETUP";

/** What a client has still to answer before it is signed in. */
export type Challenge = { readonly poolId: string; readonly clientId: string } & (
  | { readonly kind: "PASSWORD_VERIFIER"; readonly srp: SrpChallenge }
  | { readonly kind: StepKind | "MFA_SETUP_DONE"; readonly username: string }
);

/** A sign-in that waits at the app's redirect URI for its code to be brought back. */
export interface Authorization {
  readonly poolId: string;
  readonly clientId: string;
  readonly username: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  /** A code comes back once; when it does again, what it was traded for is in wrong hands. */
  used: boolean;
  sessionId: string | undefined;
}

/** A browser that has signed in at the hosted UI. */
export interface BrowserSession {
  readonly poolId: string;
  readonly username: string;
  readonly startedAt: number;
}

/** The parts of the identity service that its doors, the two APIs and the hosted UI, share. */
export interface Identity {
  readonly recording: Recording;
  readonly authorize: Authorize;
  /** What an identity pool hands out sessions of. */
  readonly roles: Pick<Account, "findRole" | "sessionFor">;
  readonly store: IdentityStore;
  readonly directory: Directory;
  readonly authenticator: Authenticator;
  readonly confirmations: Confirmations;
  readonly softwareTokens: SoftwareTokens;
  readonly tokens: TokenIssuer;
  readonly challenges: Tickets<Challenge>;
  readonly authorizations: Tickets<Authorization>;
  readonly browsers: Tickets<BrowserSession>;
  readonly now: () => Date;
}
