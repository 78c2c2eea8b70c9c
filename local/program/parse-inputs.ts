import type { Static, TSchema } from "typebox";
import { Pointer, Value } from "typebox/value";
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
  throw new Error(`${where}: ${faultsOf(schema, value).join("; ")}`);
}

function faultsOf(schema: TSchema, value: unknown): string[] {
  const errors = Value.Errors(schema, value);
  const unknown = errors.filter(({ keyword }) => keyword === "boolean");
  // Where alternatives are tried, what each of them misses says less than what none of them knows.
  const told = unknown.length > 0 ? unknown : errors.filter(({ keyword }) => keyword !== "additionalProperties");
  const faults = told.map((error) => {
    const path = error.instancePath.slice(1) || "it";
    if (error.keyword === "boolean") return `${path} is not supported by the local cloud`;
    if (error.keyword !== "enum") return `${path} ${error.message}`;
    const found = JSON.stringify(Pointer.Get(value, error.instancePath));
    return `${path} is ${found}, and the local cloud knows only ${error.params.allowedValues.join(", ")}`;
  });
  return [...new Set(faults)];
}
