import Fastify, { type FastifyInstance } from "fastify";
import type { ApiDocuments } from "./api-documents.ts";
import { app } from "./app.ts";
import type { SchemaController } from "./compilers/at-start.ts";
import { wire } from "./compose.ts";
import { parseConfig } from "./config.ts";
import { describeRoutes } from "./describe.ts";
import { exampleEnvironment } from "./example-environment.ts";
import { serverOptions } from "./server-options.ts";

export interface InertApp {
  readonly server: FastifyInstance;
  readonly documents: ApiDocuments;
}

/** Starts the app with all its routes and nothing behind them: for what is made of the routes themselves. */
export async function startInertApp(schemaController: SchemaController): Promise<InertApp> {
  const server = Fastify(serverOptions({ schemaController, level: "silent" }));
  const documents = await describeRoutes(server);
  await server.register(app, { ...wire(parseConfig(exampleEnvironment), inertAdapters()), documents });
  await server.ready();
  return { server, documents };
}

/** Stands for every port, whatever ports there are: wiring takes them apart and keeps them, and only an answer would call one. */
function inertAdapters(): Parameters<typeof wire>[1] {
  const inert: object = new Proxy(() => {}, {
    get: () => inert,
    apply: () => {
      throw new Error("The app that only describes itself has no adapters: wire must not call one");
    },
  });
  return inert as Parameters<typeof wire>[1];
}
