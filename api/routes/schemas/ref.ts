import Type, { type Static, type TSchema } from "typebox";

/** Stands for a schema that the app has been given by its `$id`, so that OpenAPI and clients name it once. */
export function ref<T extends TSchema>(schema: T): Type.TUnsafe<Static<T>> {
  if (!("$id" in schema)) throw new TypeError("Only a schema with an $id can be referred to");
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}

/** Null where there is nothing, so that an app finds every property in every answer. */
export function nullable<T extends TSchema>(schema: T): Type.TUnsafe<Static<T> | null> {
  if (!("type" in schema)) throw new TypeError("Only a schema with one type can be null as well");
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, "null"] });
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[], options: Type.TSchemaOptions = {}): Type.TEnum<T[]> {
  return Type.Enum([...words], { type: "string", ...options });
}
