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

  // With `done` and not async: Fastify's promises would cost as much as a known token does.
  app.addHook("onRequest", (request, reply, done) => {
    const token = bearerToken(request.headers.authorization);
    const refuse = (error: Error) => {
      if (error instanceof UnauthenticatedError) {
        // RFC 6750: whoever sent no token is not told that it was a bad one.
        reply.header("www-authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
      }
      done(error);
    };
    if (token === undefined) return refuse(new UnauthenticatedError("no bearer token"));
    verifier.verify(token).then((viewer) => {
      request.viewer = viewer;
      done();
    }, refuse);
  });
});

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([A-Za-z0-9._~+/-]+=*)$/i)?.[1];
}
