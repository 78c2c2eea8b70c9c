import fp from "fastify-plugin";
import { UnauthenticatedError } from "../domain/errors.ts";
import type { TokenVerifier, Viewer } from "../domain/ports/sign-in.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks. Set before every handler in the scope that `authenticate` is registered in, and nowhere else. */
    viewer: Viewer;
  }
}

/** Lets only signed-in viewers into the scope that it is registered in, before their bodies are read. */
export const authenticate = fp<{ verifier: TokenVerifier }>(async (app, { verifier }) => {
  app.decorateRequest("viewer");

  // With `done` and not async: a promise would cost as much as a known token does.
  app.addHook("onRequest", (request, reply, done) => {
    const admit = (viewer: Viewer) => {
      request.viewer = viewer;
      done();
    };
    const refuse = (error: Error, challenge: string) => {
      if (error instanceof UnauthenticatedError) reply.header("www-authenticate", challenge);
      done(error);
    };
    const token = bearerToken(request.headers.authorization);
    // RFC 6750: whoever sent no token is not told that it was a bad one.
    if (token === undefined) return refuse(new UnauthenticatedError("no bearer token"), "Bearer");
    const viewer = verifier.verify(token);
    if (viewer instanceof Promise) viewer.then(admit, (error) => refuse(error, 'Bearer error="invalid_token"'));
    else admit(viewer);
  });
});

/** Looks at the scheme only: what else a token may consist of is the verifier's to know, once for each token. */
function bearerToken(authorization = ""): string | undefined {
  if (!/^Bearer /i.test(authorization)) return undefined;
  const token = authorization.slice("Bearer ".length).trimStart();
  return token === "" || token.includes(" ") ? undefined : token;
}
