import fp from "fastify-plugin";
import { OriginNotVerifiedError } from "../domain/errors.ts";

/** Whether a value is one that the edge proves itself by; rejects while nobody can say. */
export type KnowsEdge = (value: string | undefined) => Promise<boolean>;

/** The header by which CloudFront proves that a request came through it. It overwrites what a viewer sends by that name. */
export const originHeader = "x-origin-verify";

/** Refuses what comes past the edge, and so past its firewall. Without `knowsEdge` the door is open to everybody. */
export const verifyOrigin = fp<{ knowsEdge?: KnowsEdge | undefined }>(async (app, { knowsEdge }) => {
  if (!knowsEdge) return;
  app.addHook("onRequest", async ({ headers }) => {
    const value = headers[originHeader];
    if (!(await knowsEdge(typeof value === "string" ? value : undefined))) throw new OriginNotVerifiedError();
  });
});
