export type ErrorCode = "UNAUTHENTICATED" | "DEPENDENCY_UNAVAILABLE";

/** What the platform refuses or can't do just now. The message is safe to show; what only the log may know is a field. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
}

/** All bad tokens look alike to the caller; `reason` is for the log and never holds the token. */
export class UnauthenticatedError extends DomainError {
  readonly code = "UNAUTHENTICATED";
  readonly reason: string;

  constructor(reason: string) {
    super("A valid access token is required");
    this.reason = reason;
  }
}

/** Something that the platform stands on does not answer; the same request may succeed later. */
export class DependencyUnavailableError extends DomainError {
  readonly code = "DEPENDENCY_UNAVAILABLE";
  readonly dependency: string;

  constructor(dependency: string, options?: ErrorOptions) {
    super("A service that this request needs is unavailable; try again shortly", options);
    this.dependency = dependency;
  }
}
