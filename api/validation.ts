import AjvCompiler from "@fastify/ajv-compiler";
import type { FastifyServerOptions } from "fastify";

type SchemaController = NonNullable<FastifyServerOptions["schemaController"]>;

/** Nothing is bent until it fits: unknown properties are refused, not dropped, and defaults are the domain's to choose. */
const strict = { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } as const;
/** All that a URL carries is text, so that numbers in it have to be read as such. */
const fromText = { ...strict, coerceTypes: true } as const;

const apart = new WeakSet<object>();

/** Marks the schema of a body `{items: […]}` whose items the route itself holds against their schema, one by one. */
export function itemsApart<T extends ItemsBody>(body: T): T {
  apart.add(body);
  return body;
}

interface ItemsBody {
  readonly properties: { readonly items: object };
}

/** Compiles every schema once, at start. */
export function schemaController(): SchemaController {
  const pool = AjvCompiler();
  const buildValidator: AjvCompiler.BuildCompilerFromPool = (schemas) => {
    const body = pool(schemas, { customOptions: strict });
    const url = pool(schemas, { customOptions: fromText });
    return (route) => {
      // What the types call a schema is the definition of a route, and one of its parts.
      if (typeof route !== "object" || route.httpPart !== "body") return url(route);
      return body(isApart(route.schema) ? { ...route, schema: withAnyItems(route.schema) } : route);
    };
  };
  return { compilersFactory: { buildValidator } };
}

function isApart(schema: unknown): schema is ItemsBody {
  return typeof schema === "object" && schema !== null && apart.has(schema);
}

function withAnyItems(body: ItemsBody): object {
  return { ...body, properties: { items: { ...body.properties.items, items: {} } } };
}
