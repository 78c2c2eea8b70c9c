import AjvCompiler from "@fastify/ajv-compiler";
import type { FastifyServerOptions } from "fastify";

type SchemaController = NonNullable<FastifyServerOptions["schemaController"]>;

/** Nothing is bent until it fits: unknown properties are refused, not dropped, and defaults are the domain's to choose. */
const strict = { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } as const;
/** All that a URL carries is text, so that numbers in it have to be read as such. */
const fromText = { ...strict, coerceTypes: true } as const;

/** Compiles every schema once, at start. */
export function schemaController(): SchemaController {
  const pool = AjvCompiler();
  const buildValidator: AjvCompiler.BuildCompilerFromPool = (schemas) => {
    const body = pool(schemas, { customOptions: strict });
    const url = pool(schemas, { customOptions: fromText });
    // What the types call a schema is the definition of a route, and one of its parts.
    return (route) => (typeof route === "object" && route.httpPart === "body" ? body : url)(route);
  };
  return { compilersFactory: { buildValidator } };
}
