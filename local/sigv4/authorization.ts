import type { IncomingHttpHeaders } from "node:http";
import type { Target } from "./canonical.ts";
import { readHeaderForm } from "./header-form.ts";
import { claimsQuerySignature, readQueryForm } from "./query-form.ts";
import { SigV4Error } from "./sigv4-error.ts";
import type { ClaimedSignature } from "./types.ts";

/** Whether a request claims any signature at all, even one of a kind that is refused, such as Signature Version 2. */
export function claimsSignature(headers: IncomingHttpHeaders, query: Target["query"]): boolean {
  return headers.authorization !== undefined || claimsQuerySignature(query);
}

/** Reads whichever form the request uses; throws S3's code for a malformed one and for two at once. */
export function readAuthorization(headers: IncomingHttpHeaders, query: Target["query"]): ClaimedSignature {
  if (headers.authorization === undefined) return readQueryForm(query);
  if (claimsQuerySignature(query)) {
    throw new SigV4Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter " +
        "or the Authorization header should be specified",
    );
  }
  return readHeaderForm(headers, headers.authorization);
}
