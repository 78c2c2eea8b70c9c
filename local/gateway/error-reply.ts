import type { IncomingHttpHeaders } from "node:http";
import type { AwsReply } from "../service.ts";
import type { SigV4Code, SigV4Error } from "../sigv4/sigv4-error.ts";
import type { SignedRequest } from "../sigv4/types.ts";
import { AwsError } from "./protocols.ts";
import { xmlElement } from "./xml.ts";

export type Protocol = "json" | "xml";

const xmlServices = ["cloudfront", "s3", "sns", "sts"];

/** How an error must look for the caller's client to read it: told by the request, since nothing may serve it. */
export function protocolOf({ headers }: SignedRequest): Protocol {
  const isXmlService = xmlServices.some((service) => headers.authorization?.includes(`/${service}/aws4_request`));
  return isForm(headers) || isXmlService ? "xml" : "json";
}

/** Whether the request is in the Query protocol. */
export function isForm(headers: IncomingHttpHeaders): boolean {
  return headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
}

/** The error in the caller's protocol. */
export function errorReply(
  { code, status, message, members }: AwsError,
  protocol: Protocol,
  requestId: string,
): AwsReply {
  if (protocol === "json") {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": code };
    return { status, headers, body: JSON.stringify({ __type: code, message, ...members }) };
  }
  const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
  const body = xmlElement("ErrorResponse", { Error: error, RequestId: requestId });
  return { status, headers: { "content-type": "text/xml" }, body };
}

type CommonError = readonly [json: string, xml: string, message?: string];

const incomplete: CommonError = ["IncompleteSignatureException", "IncompleteSignature"];
const unknownToken: CommonError = [
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "The security token included in the request is invalid.",
];
const mismatch: CommonError = ["InvalidSignatureException", "SignatureDoesNotMatch"];

/** S3 has words of its own for a bad signature; all other services share these. */
const commonErrors: ReadonlyMap<SigV4Code, CommonError> = new Map([
  ["SignatureDoesNotMatch", mismatch],
  ["RequestTimeTooSkewed", mismatch],
  ["AccessDenied", mismatch],
  ["InvalidAccessKeyId", unknownToken],
  ["InvalidToken", unknownToken],
  ["ExpiredToken", ["ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"]],
]);

/** What every service but S3 calls a signature that it refuses. */
export function signatureError(error: SigV4Error, protocol: Protocol): AwsError {
  const [json, xml, message = error.message] = commonErrors.get(error.code) ?? incomplete;
  return protocol === "json" ? new AwsError(json, 400, message) : new AwsError(xml, 403, message);
}

export function missingSignature(protocol: Protocol): AwsError {
  return protocol === "json"
    ? new AwsError("MissingAuthenticationTokenException", 400, "Missing Authentication Token")
    : new AwsError("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
}
