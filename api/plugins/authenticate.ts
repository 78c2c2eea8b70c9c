import fp from "fastify-plugin";
import { UnauthenticatedError } from "../domain/errors.ts";
import type { TokenVerifier, Viewer } from "../domain/ports.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks. Set before every handler in the scope that `authenticate` is registered in, and nowhere else. */
    viewer: Viewer;
  }
}

/** Lets only signed-in viewers into the scope that it is registered in, before their bodies are read. */
export const authenticate = fp<{ verifier: TokenVerifier }>(async (app, { verifier }) => {
  app.decorateRequest("viewer");

  app.addHook("onRequest", async (request, reply) => {
    const token = bearerToken(request.headers.authorization);
    try {
      request.viewer = await verifier.verify(token ?? refuse());
    } catch (error) {
      // RFC 6750: whoever sent no token is not told that it was a bad one.
      if (error instanceof UnauthenticatedError) {
        reply.header("www-authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
      }
      throw error;
    }
  });
});

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([A-Za-z0-9._~+/-]+=*)$/i)?.[1];
}

function refuse(): never {
  throw new UnauthenticatedError("no bearer token");
}
