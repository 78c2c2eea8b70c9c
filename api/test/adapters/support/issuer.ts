import { createServer } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { listen } from "../../../../local/listen.ts";
import type { RunningService } from "../../../../local/service.ts";

/**
 * "down" ends connections without an answer and "breaking off" in the middle of one; "failing" answers 500, "redirecting" 302, and
 * "verbose" more than anybody should read.
 */
export type IssuerState = "up" | "down" | "breaking off" | "failing" | "redirecting" | "verbose";

/** An OIDC issuer on loopback that publishes its keys and counts how often it is asked for them. */
export interface Issuer extends RunningService {
  readonly keyFetches: number;
  /** The public half of the RS256 key. */
  readonly publicKeyPem: string;
  state: IssuerState;
  sign(claims: JWTPayload, header?: { alg?: "RS256" | "ES256"; kid?: string }): Promise<string>;
}

export async function startIssuer(): Promise<Issuer> {
  const pairs = {
    RS256: await generateKeyPair("RS256"),
    ES256: await generateKeyPair("ES256"),
  };
  const keys = await Promise.all(
    Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid: alg,
      use: "sig",
    })),
  );
  let keyFetches = 0;

  const server = createServer((request, response) => {
    if (issuer.state === "down") return void request.socket.destroy();
    if (issuer.state === "failing") return void response.writeHead(500).end();
    if (issuer.state === "redirecting") return void response.writeHead(302, { location: "/elsewhere" }).end();
    if (issuer.state === "verbose") return void response.end(" ".repeat(2 * 1024 ** 2));
    if (issuer.state === "breaking off") {
      return void response.writeHead(200, { "content-length": 100 }).write("{", () => request.socket.destroy());
    }
    if (request.url === "/keys") {
      keyFetches += 1;
      return void response.end(JSON.stringify({ keys }));
    }
    response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
  });
  const listening = await listen(server, { port: 0, host: "127.0.0.1" });

  const issuer: Issuer = {
    ...listening,
    get keyFetches() {
      return keyFetches;
    },
    publicKeyPem: await exportSPKI(pairs.RS256.publicKey),
    state: "up",
    sign: (claims, { alg = "RS256", kid = alg } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(pairs[alg].privateKey),
  };
  return issuer;
}
