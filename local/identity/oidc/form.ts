import type { HttpRequest } from "../http.ts";
import { OAuthError } from "./oauth-error.ts";

export function readForm({ headers, body }: HttpRequest): URLSearchParams {
  if (!headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    throw new OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded.");
  }
  return new URLSearchParams(body.toString("utf8"));
}
