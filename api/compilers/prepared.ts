import type AjvCompiler from "@fastify/ajv-compiler";
import type { SchemaController } from "./at-start.ts";
import { takeApart } from "./items-apart.ts";

/** A CommonJS module as a function, so that nothing of it runs before it is needed. */
export type ModuleFactory<T> = (module: { exports?: T }) => void;
type Validate = ReturnType<AjvCompiler.StandaloneRestoreFunction>;
type Compiled = Parameters<ReturnType<AjvCompiler.BuildCompilerFromPool>>[0];
type Serialize = (answer: unknown) => string;

/** What a build has compiled of the schemas of all routes, by what they are named here. */
export interface PreparedSchemas {
  readonly validators: Readonly<Record<string, ModuleFactory<Validate>>>;
  readonly serializers: Readonly<Record<string, ModuleFactory<Serialize>>>;
}

export interface AnswerDefinition {
  readonly method: string;
  readonly url: string;
  readonly httpStatus: string;
  readonly contentType?: string;
}

/** Names a part of a request, such as `POST /v1/photos body`. */
export function partName({ method, url, httpPart }: AjvCompiler.RouteDefinition): string {
  return `${method} ${url} ${httpPart}`;
}

/** Names an item of a body whose items the route itself holds against their schema. */
export function itemName(route: AjvCompiler.RouteDefinition): string {
  return `${partName(route)} item`;
}

/** Names an answer, such as `GET /v1/photos 200`. */
export function answerName({ method, url, httpStatus, contentType = "" }: AnswerDefinition): string {
  return `${method} ${url} ${httpStatus} ${contentType}`.trimEnd();
}

/** Compiles nothing: takes what a build has compiled of these very routes. The app does not start if one of them is missing. */
export function takePrepared({ validators, serializers }: PreparedSchemas): SchemaController {
  const items = new WeakMap<object, string>();
  return {
    compilersFactory: {
      buildValidator: () => (route: Compiled) => {
        if (!isPartOfRoute(route)) throw new TypeError("Only parts of routes are validated");
        const apart = takeApart(route.schema);
        if (apart) items.set(apart.item, itemName(route));
        return load(find(validators, items.get(route.schema) ?? partName(route)));
      },
      buildSerializer: () => (route) => {
        const factory = find(serializers, answerName(route));
        let serialize: Serialize | undefined;
        return (answer) => {
          // Most answers that a route may give, an instance never gives.
          serialize ??= load(factory);
          return serialize(answer);
        };
      },
    },
  };
}

/** What the types call a schema is the definition of a route, and one of its parts. */
function isPartOfRoute(route: Compiled): route is AjvCompiler.RouteDefinition & { readonly schema: object } {
  return typeof route === "object" && typeof route.schema === "object" && route.schema !== null;
}

function find<T>(prepared: Readonly<Record<string, T>>, name: string): T {
  const found = prepared[name];
  if (!found) throw new Error(`The build has compiled nothing for ${name}: build the function again`);
  return found;
}

function load<T>(factory: ModuleFactory<T>): T {
  const module: { exports?: T } = {};
  factory(module);
  if (!module.exports) throw new TypeError("What a build has compiled exports a function");
  return module.exports;
}
