import type { CredentialLookup, Credentials } from "../iam/types.ts";
import { sameSecret } from "./signing-key.ts";
import { SigV4Error } from "./sigv4-error.ts";

/** Finds a key that is still good; throws InvalidAccessKeyId, InvalidToken or ExpiredToken. */
export function authenticateKey(
  lookup: CredentialLookup,
  accessKeyId: string,
  sessionToken: string | undefined,
  now: Date,
): Credentials {
  const credentials = lookup(accessKeyId);
  // AWS finds a temporary key through its token, so without one the key does not exist.
  if (!credentials || (credentials.sessionToken !== undefined && sessionToken === undefined)) {
    throw new SigV4Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      AWSAccessKeyId: accessKeyId,
    });
  }
  if (sessionToken !== undefined && !sameSecret(credentials.sessionToken ?? "", sessionToken)) {
    throw new SigV4Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  if (credentials.expiresAt && credentials.expiresAt <= now) {
    throw new SigV4Error("ExpiredToken", "The provided token has expired.");
  }
  return credentials;
}
