import AjvCompiler from "@fastify/ajv-compiler";
import type { FastifyServerOptions } from "fastify";
import { takeApart } from "./items-apart.ts";

export type SchemaController = NonNullable<FastifyServerOptions["schemaController"]>;

/** Nothing is bent until it fits: unknown properties are refused, not dropped, and defaults are the domain's to choose. */
const strict = { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } as const;
/** All that a URL carries is text, so that numbers in it have to be read as such. */
const fromText = { ...strict, coerceTypes: true } as const;

/** Compiles every schema once, as the app starts. */
export function compileAtStart(): SchemaController {
  return { compilersFactory: { buildValidator: validatorsBy(AjvCompiler()) } };
}

/** Compiles what a URL and headers say by other rules than a body. */
export function validatorsBy(pool: AjvCompiler.BuildCompilerFromPool): AjvCompiler.BuildCompilerFromPool {
  return (schemas) => {
    const body = pool(schemas, { customOptions: strict });
    const url = pool(schemas, { customOptions: fromText });
    return (route) => {
      // What the types call a schema is the definition of a route, and one of its parts.
      if (typeof route !== "object" || route.httpPart !== "body") return url(route);
      const apart = takeApart(route.schema);
      return body(apart ? { ...route, schema: apart.body } : route);
    };
  };
}
