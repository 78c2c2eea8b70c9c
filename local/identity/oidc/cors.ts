import type { HttpReply, HttpRequest } from "../http.ts";
import type { Identity } from "../identity.ts";
import { clientsOf } from "../pools.ts";

/** Lets the pool's own web apps, those that a callback URL leads to, read what the token endpoints answer. */
export function corsHeaders(identity: Identity, poolId: string, { headers }: HttpRequest): HttpReply["headers"] {
  const { origin } = headers;
  const callbacks = clientsOf(identity.recording, poolId).flatMap(({ declared }) => declared.callbackUrls ?? []);
  const isOwn =
    origin !== undefined && /^https?:/.test(origin) && callbacks.some((url) => new URL(url).origin === origin);
  return { vary: "Origin", ...(isOwn && { "access-control-allow-origin": origin }) };
}

export function preflightReply(allowed: HttpReply["headers"]): HttpReply {
  return {
    status: 204,
    headers: {
      ...allowed,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "600",
    },
    body: "",
  };
}
