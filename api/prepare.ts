// Prints, as JSON, what the API's function is made of besides its own modules: all that the routes alone decide.
import { createRequire } from "node:module";
import { prepareSchemas } from "./compilers/prepare.ts";
import { type PreparedSchemas, takePrepared } from "./compilers/prepared.ts";
import { startInertApp } from "./inert-app.ts";

export interface PreparedFunction {
  /** JavaScript that stands beside `lambda.ts` and exports the handler. */
  readonly entry: string;
  /** The text of each file that lies beside the bundle. */
  readonly files: Readonly<Record<string, string>>;
}

/** Rejects when an app could not start with what is prepared of it. */
export async function prepareFunction(): Promise<PreparedFunction> {
  const { schemaController, source } = prepareSchemas();
  const { server, documents } = await startInertApp(schemaController);
  const files = {
    "openapi.json": await documents.openapi(),
    "docs.html": await documents.page(),
  };
  await server.close();
  const schemas = source();
  const proof = await startInertApp(takePrepared(evaluate(schemas)));
  await proof.server.close();
  return { entry: entryOf(schemas), files };
}

function entryOf(schemas: string): string {
  return `import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { takePrepared } from "./compilers/prepared.ts";
import { createHandler } from "./lambda.ts";
${schemas}
const beside = (name) => () => readFile(join(import.meta.dirname, name), "utf8");
export const handler = createHandler({
  schemaController: takePrepared(schemas),
  documents: { openapi: beside("openapi.json"), page: beside("docs.html") },
});
`;
}

/** Runs what this very process has compiled. */
export function evaluate(schemas: string): PreparedSchemas {
  return new Function("require", `${schemas}\nreturn schemas;`)(createRequire(import.meta.url));
}

if (import.meta.main) process.stdout.write(JSON.stringify(await prepareFunction()));
