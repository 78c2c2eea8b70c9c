import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { problems } from "./schemas/problem.ts";

/** Rejects while something that the API can't do without does not answer. */
export type Readiness = () => Promise<void>;

export const healthRoutes: FastifyPluginAsyncTypebox<{ readiness: Readiness }> = async (app, { readiness }) => {
  app.get(
    "/healthz",
    {
      config: { unlimited: true },
      schema: {
        operationId: "health",
        tags: ["platform"],
        summary: "Whether the process answers",
        security: [],
        response: {
          200: Type.Object({ status: Type.Literal("ok") }, { description: "The process answers." }),
          ...problems(),
        },
      },
    },
    async () => ({ status: "ok" as const }),
  );

  app.get(
    "/readyz",
    {
      config: { unlimited: true },
      schema: {
        operationId: "readiness",
        tags: ["platform"],
        summary: "Whether the store and the signing key can be reached",
        security: [],
        response: {
          200: Type.Object({ status: Type.Literal("ready") }, { description: "Both can be reached." }),
          ...problems("DEPENDENCY_UNAVAILABLE"),
        },
      },
    },
    async () => {
      await readiness();
      return { status: "ready" as const };
    },
  );
};
