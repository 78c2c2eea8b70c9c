import type { WindowSignature } from "./photo.ts";

/**
 * The expiry that every URL signed within one window shares: the end of the next window, so that a URL lives for more
 * than one window and two at most. Windows are counted from the epoch, hence alike on every instance.
 */
export function windowExpiry(now: Date, windowSeconds: number): Date {
  const windowMs = windowSeconds * 1000;
  return new Date((Math.floor(now.getTime() / windowMs) + 2) * windowMs);
}

/** The earlier of a window's expiry and the end of the right that the URL rests on. */
export function notPast(expiry: Date, until: Date | undefined): Date {
  return until && until < expiry ? until : expiry;
}

/** What a signature is for. */
export type SignatureScope = Omit<WindowSignature, "query">;

/** Whether two signatures open the same resource for the same time by the same key, so that one can stand for the other. */
export function isForSameWindow(one: SignatureScope, other: SignatureScope): boolean {
  return (
    one.keyId === other.keyId &&
    one.resource === other.resource &&
    one.expiresAt.getTime() === other.expiresAt.getTime()
  );
}
