import vm from "node:vm";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import { keyValues } from "./key-value-store.ts";

/** CloudFront gives a function less than a millisecond of its own; a busy laptop needs more before it is sure of a loop. */
const longestRunMs = 200;

const Inputs = Type.Object({
  code: Type.String({ maxLength: 10_240 }),
  keyValueStoreAssociations: Type.Optional(Type.Array(Type.String(), { maxItems: 1 })),
  runtime: Type.Literal("cloudfront-js-2.0"),
});

const Outcome = Type.Union([
  Type.Object({ returned: Type.Unknown(), logs: Type.Array(Type.String()) }),
  Type.Object({ error: Type.String(), logs: Type.Array(Type.String()) }),
]);

/** A function that threw, ran too long, or never came to an end. */
export class FunctionExecutionError extends Error {}

/** A CloudFront function of runtime cloudfront-js-2.0. */
export interface EdgeFunction {
  readonly name: string;
  /** What the handler returns for an event; throws a FunctionExecutionError. */
  run(event: object): unknown;
}

/**
 * Finds and compiles the function of an ARN. It runs as in CloudFront: a world of its own for every event, no clock to
 * wait on, no network, no `eval`. This guards against mistakes; node:vm is no wall against malice, and the code is the
 * program's own.
 */
export function edgeFunction(recording: Recording, arn: string, log: (line: string) => void): EdgeFunction {
  const type = "aws:cloudfront/function:Function";
  const resource = resourcesOf(recording, type).find(({ outputs }) => outputs.arn === arn);
  if (resource === undefined) throw new Error(`the program declares no ${type} with the ARN ${arn}`);
  const { code, keyValueStoreAssociations = [] } = parseInputs(Inputs, resource);
  const script = compile(code, `${type} ${resource.name}`);
  return {
    name: resource.name,
    run(event) {
      const [store] = keyValueStoreAssociations;
      const outcome = evaluate(script, event, store === undefined ? undefined : keyValues(recording, store));
      for (const line of outcome.logs) log(`function ${resource.name}: ${line}`);
      if ("error" in outcome) throw new FunctionExecutionError(`function ${resource.name}: ${outcome.error}`);
      return outcome.returned;
    },
  };
}

/** What goes around the function's code. Only texts cross the border, so that no object of ours is within its reach. */
const before = `"use strict";
const console = { logs: [], log(...values) { this.logs.push(values.map(String).join(" ").slice(0, 2048)); } };
console.error = console.log;
const cloudfront = { kvs() {
  if (globalThis.input.store === null) throw new Error("no key value store is associated with this function");
  const store = new Map(Object.entries(globalThis.input.store));
  return {
    async get(key, { format = "string" } = {}) {
      if (!store.has(key)) throw new Error("KeyNotFound");
      const value = store.get(key);
      if (format === "string") return value;
      if (format === "json") return JSON.parse(value);
      throw new Error("format " + format + " is not supported by the local edge");
    },
    async exists(key) { return store.has(key); },
  };
} };
globalThis.input = JSON.parse(globalThis.inputText);
`;
const after = `
;(async () => handler(globalThis.input.event))().then(
  (returned) => { globalThis.outcome = JSON.stringify({ returned: returned ?? null, logs: console.logs }); },
  (error) => { globalThis.outcome = JSON.stringify({ error: String(error), logs: console.logs }); },
);`;

function compile(code: string, where: string): vm.Script {
  const body = code.replace(
    /^[ \t]*import\s+(\w+)\s+from\s+["'](\w+)["'];?/gm,
    (whole, name: string, module: string) => {
      if (module !== "cloudfront") throw new Error(`${where}: the local edge has no module for "${whole.trim()}"`);
      return `const ${name} = cloudfront;`;
    },
  );
  try {
    return new vm.Script(`${before}${body}${after}`, { filename: where, lineOffset: -before.split("\n").length + 1 });
  } catch (error) {
    throw new Error(`${where}: ${error}`);
  }
}

function evaluate(script: vm.Script, event: object, store: Readonly<Record<string, string>> | undefined) {
  const world: { inputText: string; outcome?: unknown } = Object.assign(Object.create(null), {
    inputText: JSON.stringify({ event, store: store ?? null }),
  });
  const context = vm.createContext(world, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate",
  });
  try {
    script.runInContext(context, { timeout: longestRunMs });
  } catch (error) {
    return { error: String(error), logs: [] };
  }
  const outcome: unknown = typeof world.outcome === "string" ? JSON.parse(world.outcome) : undefined;
  if (!Value.Check(Outcome, outcome)) return { error: "the handler never came to an end", logs: [] };
  return outcome;
}
