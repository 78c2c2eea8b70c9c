import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { RecordedResource } from "./recording.ts";

/**
 * What a resource asks for, in the shape that a local service can honour.
 * Throws an Error that names the resource and each property that it cannot: nothing is left out in silence.
 */
export function parseInputs<Schema extends TSchema>(schema: Schema, resource: RecordedResource): Static<Schema> {
  return parseAs(schema, resource.inputs, `${resource.type} ${resource.name}`);
}

/** What the provider answered for a resource, as far as a local service needs it; throws the same. */
export function parseOutputs<Schema extends TSchema>(schema: Schema, resource: RecordedResource): Static<Schema> {
  return parseAs(schema, resource.outputs, `${resource.type} ${resource.name}, as recorded`);
}

/** The same for a part of a resource; `where` names it in the error. */
export function parseAs<Schema extends TSchema>(schema: Schema, value: unknown, where: string): Static<Schema> {
  if (Value.Check(schema, value)) return value;
  const faults = Value.Errors(schema, value)
    .filter(({ keyword }) => keyword !== "additionalProperties")
    .map(({ instancePath, keyword, message }) => {
      return `${instancePath.slice(1) || "it"} ${keyword === "boolean" ? "is not supported by the local cloud" : message}`;
    });
  throw new Error(`${where}: ${[...new Set(faults)].join("; ")}`);
}
