import { randomUUID } from "node:crypto";
import { errorReply, signatureError } from "../../gateway/error-reply.ts";
import { AwsError } from "../../gateway/protocols.ts";
import type { Principal } from "../../iam/types.ts";
import type { AwsApi, ServiceContext } from "../../service.ts";
import { sha256Hex } from "../../sigv4/canonical.ts";
import { SigV4Error } from "../../sigv4/sigv4-error.ts";
import { isSigned, verifyRequest } from "../../sigv4/verify.ts";
import { federatedPrefix } from "../federated/cognito-identity-api.ts";
import type { HttpReply, HttpRequest } from "../http.ts";
import { asksForSignature } from "./cognito-api.ts";

type Caller = Pick<ServiceContext, "credentials" | "now" | "log">;

/** The region's two APIs, which share one address here. */
export interface CognitoApis {
  readonly users: AwsApi;
  readonly federated: AwsApi;
}

/** Any web app may call the API: what speaks for the user is in the call, never in a cookie. */
const crossOrigin = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType",
};

/** Answers `POST /` as the region's Cognito endpoints do. */
export async function answerApi(
  apis: CognitoApis,
  request: HttpRequest,
  target: string,
  caller: Caller,
): Promise<HttpReply> {
  if (request.method === "OPTIONS") {
    const allowed = { "access-control-allow-methods": "POST", "access-control-allow-headers": "*, authorization" };
    return { status: 204, headers: { ...crossOrigin, ...allowed }, body: "" };
  }
  const requestId = randomUUID();
  const reply = await dispatch(apis, request, target, caller).catch((error: unknown) =>
    errorReply(asAwsError(error, caller.log), "json", requestId),
  );
  return { ...reply, headers: { ...crossOrigin, "x-amzn-requestid": requestId, ...reply.headers } };
}

async function dispatch(
  { users, federated }: CognitoApis,
  request: HttpRequest,
  target: string,
  caller: Caller,
): Promise<HttpReply> {
  const operation = String(request.headers["x-amz-target"] ?? "");
  if (operation.startsWith(`${federatedPrefix}.`)) return federated.call({ ...request, principal: anonymous });
  const principal = asksForSignature(operation) ? whoSigned(request, target, caller) : anonymous;
  return users.call({ ...request, principal });
}

const anonymous: Principal = { kind: "anonymous" };

function whoSigned({ method, headers, body }: HttpRequest, target: string, { credentials, now }: Caller): Principal {
  const signed = { method, target, headers };
  if (!isSigned(signed)) return anonymous;
  const verified = verifyRequest(signed, {
    credentials,
    service: "cognito-idp",
    now: now(),
    bodySha256: sha256Hex(body),
  });
  return verified.credentials.principal;
}

function asAwsError(error: unknown, log: Caller["log"]): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SigV4Error) return signatureError(error, "json");
  log(`identity: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new AwsError("InternalErrorException", 500, "The local Cognito failed; its log says why.");
}
