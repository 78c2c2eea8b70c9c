import { AwsError } from "./gateway/protocols.ts";
import type { AccessRequest, Authorize } from "./iam/types.ts";

/** What a service calls a refusal; most say AccessDeniedException, with 400 in the JSON protocols. */
export interface Denial {
  readonly code: string;
  readonly status: number;
}

/** Throws the service's error, with the reason that IAM gives, unless the caller may do it. */
export function requireAccess(
  authorize: Authorize,
  request: AccessRequest,
  { code, status }: Denial = { code: "AccessDeniedException", status: 400 },
): void {
  const { allowed, reason } = authorize(request);
  if (allowed) return;
  const { principal, action, resource } = request;
  const who =
    "arn" in principal ? `User: ${principal.arn}` : principal.kind === "service" ? principal.service : "Anonymous";
  throw new AwsError(
    code,
    status,
    `${who} is not authorized to perform: ${action} on resource: ${resource} because ${reason}`,
  );
}
