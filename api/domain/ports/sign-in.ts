import type { UserId } from "../photo.ts";

/** Who asks, as their verified token says. */
export interface Viewer {
  readonly userId: UserId;
  readonly groups: readonly string[];
}

export interface TokenVerifier {
  /**
   * At once for a token that is known. Rejects with UnauthenticatedError for a token that is no good, with
   * DependencyUnavailableError when that can't be told.
   */
  verify(token: string): Viewer | Promise<Viewer>;
}
