import { sameSecret } from "../../sigv4/signing-key.ts";
import type { HttpRequest } from "../http.ts";
import type { Identity } from "../identity.ts";
import { type AppClient, findClient } from "../pools.ts";
import { OAuthError, single } from "./oauth-error.ts";

/** Which app client posts a form: a public one names itself, a confidential one proves its secret, by header or field. */
export function authenticateClient(
  identity: Identity,
  poolId: string,
  request: HttpRequest,
  form: URLSearchParams,
): AppClient {
  const basic = readBasic(request.headers.authorization);
  const clientId = basic?.clientId ?? single(form, "client_id");
  const secret = basic?.secret ?? single(form, "client_secret");
  const client = clientId === undefined ? undefined : findClient(identity.recording, clientId);
  const isProved = client?.secret === undefined ? !secret : sameSecret(client.secret, secret ?? "");
  if (client?.declared.userPoolId !== poolId || !isProved) {
    throw new OAuthError("invalid_client", "The app client is unknown or did not prove its secret.");
  }
  return client;
}

function readBasic(authorization: string | undefined): { clientId: string; secret: string } | undefined {
  const [, encoded] = /^Basic ([\w+/=-]+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [clientId = "", ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  try {
    return { clientId: decodeURIComponent(clientId), secret: decodeURIComponent(secret.join(":")) };
  } catch {
    throw new OAuthError("invalid_client", "The Authorization header cannot be decoded.");
  }
}
