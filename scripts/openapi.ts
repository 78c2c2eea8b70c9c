// Writes what is generated from the routes: the API's OpenAPI document and the client's types of it. `npm run openapi` after
// a change of a route or a schema; a test holds both files against the routes.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { compileAtStart } from "../api/compilers/at-start.ts";
import { startInertApp } from "../api/inert-app.ts";

/** From the root of the checkout. */
export const generatedPaths = ["api/openapi.json", "client/schema.ts"] as const;
export type Generated = Readonly<Record<(typeof generatedPaths)[number], string>>;

/** Makes the text of every generated file, from the routes as they are; needs no AWS, and calls nobody. */
export async function generate(): Promise<Generated> {
  const document = await describeApi();
  return {
    "api/openapi.json": `${document}\n`,
    "client/schema.ts": await typesOf(document),
  };
}

async function describeApi(): Promise<string> {
  const { server } = await startInertApp(compileAtStart());
  try {
    return JSON.stringify(server.swagger(), null, 2);
  } finally {
    await server.close();
  }
}

async function typesOf(document: string): Promise<string> {
  const types = await openapiTypescript(document, {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  });
  return `${COMMENT_HEADER}${astToString(types)}`;
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url);
  const generated = await generate();
  for (const path of generatedPaths) {
    await writeFile(fileURLToPath(new URL(path, root)), generated[path]);
    console.log(`Wrote ${path}.`);
  }
}
