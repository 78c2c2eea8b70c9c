import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";

/** Checks what comes over the wire against a schema, and throws what `refuse` makes of the first fault: `/Limit must be >= 1`. */
export function parse<T extends TSchema>(schema: T, value: unknown, refuse: (fault: string) => Error): Static<T> {
  if (Value.Check(schema, value)) return value;
  const fault = Value.Errors(schema, value)[0];
  throw refuse(`${fault?.instancePath || "/"} ${fault?.message ?? "is of another shape"}`);
}
