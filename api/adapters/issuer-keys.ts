import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../domain/ports/clock.ts";
import { oneAtATime } from "./one-at-a-time.ts";

const timeoutMs = 3_000;
const keptMs = 10 * 60_000;
const pauseMs = 30_000;
/** An issuer's few keys take some kilobytes. */
const longestAnswer = 1024 ** 2;

/**
 * Finds the key that a token says it was signed with among those that an OIDC issuer publishes. They are fetched at first
 * use, kept for ten minutes and fetched again for an unknown key id, at most every 30 s. Rejects with jose's
 * JWKSNoMatchingKey, or with what keeps the issuer from answering.
 *
 * As jose's `createRemoteJWKSet` does it, but without `fetch`, whose code alone would take a tenth of a cold start to load.
 */
export function createIssuerKeys(issuer: string, now: Clock): JWTVerifyGetKey {
  let kept: JWTVerifyGetKey | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const isOlderThan = (ms: number) => now().getTime() - readAt >= ms;

  const read = oneAtATime(async () => {
    kept = createLocalJWKSet(JSON.parse(await readKeys(issuer)));
    readAt = now().getTime();
    return kept;
  });

  return async (header, token) => {
    const find = kept && !isOlderThan(keptMs) ? kept : await read();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey && isOlderThan(pauseMs))) throw error;
      return (await read())(header, token);
    }
  };
}

async function readKeys(issuer: string): Promise<string> {
  const address = new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const { Agent, get } = address.protocol === "https:" ? https : http;
  // Both requests share a connection, and none is left for the next time: the instance may have been frozen until then.
  const agent = new Agent({ keepAlive: true });

  async function read(url: URL): Promise<string> {
    const [response] = await once(get(url, { agent, signal: AbortSignal.timeout(timeoutMs) }), "response");
    let text = "";
    for await (const piece of response.setEncoding("utf8")) {
      text += piece;
      if (text.length > longestAnswer) throw new Error(`${url} answered over ${longestAnswer} characters`);
    }
    // A redirect too: an issuer has no reason to send anybody elsewhere.
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
    return text;
  }

  try {
    const metadata: { issuer?: unknown; jwks_uri?: unknown } | null = JSON.parse(await read(address));
    if (metadata?.issuer !== issuer) throw new Error(`${address} describes another issuer`);
    const keys = new URL(String(metadata.jwks_uri));
    if (keys.protocol !== address.protocol) throw new Error(`${address} keeps its keys at ${keys.protocol}`);
    return await read(keys);
  } finally {
    agent.destroy();
  }
}
