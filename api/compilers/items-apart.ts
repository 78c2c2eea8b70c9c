const apart = new WeakSet<object>();

interface ItemsBody {
  readonly properties: { readonly items: object };
}

/** Marks the schema of a body `{items: […]}` whose items the route itself holds against their schema, one by one. */
export function itemsApart<T extends ItemsBody>(body: T): T {
  apart.add(body);
  return body;
}

/** The two schemas in the place of one that is marked: of the body with any items, and of an item. */
export function takeApart(schema: unknown): { readonly body: object; readonly item: object } | undefined {
  if (!isApart(schema)) return undefined;
  const { items } = schema.properties;
  const item: unknown = Reflect.get(items, "items");
  if (typeof item !== "object" || item === null) throw new TypeError("Items that are held apart have a schema");
  return { body: { ...schema, properties: { items: { ...items, items: {} } } }, item };
}

function isApart(schema: unknown): schema is ItemsBody {
  return typeof schema === "object" && schema !== null && apart.has(schema);
}
