/** The errors of RFC 6749, RFC 6750, RFC 7009 and OpenID Connect that the hosted UI answers with. */
export type OAuthErrorCode =
  | "access_denied"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_scope"
  | "invalid_token"
  | "login_required"
  | "request_not_supported"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "unsupported_token_type";

export class OAuthError extends Error {
  readonly code: OAuthErrorCode;

  constructor(code: OAuthErrorCode, description: string) {
    super(description);
    this.name = "OAuthError";
    this.code = code;
  }
}

/** A parameter that may stand but once (RFC 6749 section 3.1): of two, each end could believe another. */
export function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) throw new OAuthError("invalid_request", `${name} is given more than once`);
  return values[0];
}

export function requireSingle(parameters: URLSearchParams, name: string): string {
  const value = single(parameters, name);
  if (!value) throw new OAuthError("invalid_request", `${name} is missing`);
  return value;
}
