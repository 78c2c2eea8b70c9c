import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { exampleClientId, exampleViewer } from "../examples.ts";

export interface Issuer {
  readonly url: string;
  /** An access token such as Cognito's. */
  readonly token: string;
  close(): void;
}

/** An OIDC issuer on loopback with one RS256 key, as Cognito has them. */
export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const kid = "bench";
  const keys = [{ ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256" }];
  const server = createServer((request, response) => {
    const answer = request.url === "/keys" ? { keys } : { issuer: url, jwks_uri: `${url}/keys` };
    response.end(JSON.stringify(answer));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const token = await new SignJWT({
    token_use: "access",
    client_id: exampleClientId,
    "cognito:groups": ["members"],
    scope: "openid profile email",
    version: 2,
  })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(url)
    .setSubject(exampleViewer.userId)
    .setJti("9c1f6f0e-3d55-4d53-8a5e-6d1f0f5b8c1d")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  return { url, token, close: () => void server.close().closeAllConnections() };
}

/** Of a server that listens on TCP. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("The server does not listen on a port");
  return address.port;
}
