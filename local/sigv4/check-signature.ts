import { sameSecret } from "./signing-key.ts";
import { SigV4Error } from "./sigv4-error.ts";

/**
 * Throws SignatureDoesNotMatch. `details` show what was signed, as AWS does: that is what mends a signer, and it gives
 * nothing that a forger could use.
 */
export function checkSignature(expected: string, given: string, details: Readonly<Record<string, string>>): void {
  if (sameSecret(expected, given)) return;
  throw new SigV4Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    { ...details, SignatureProvided: given },
  );
}
