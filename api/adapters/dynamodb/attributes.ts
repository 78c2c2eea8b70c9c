import type { Item } from "./keys.ts";

/*
 * What is in a table is not what the types say, so that every attribute is parsed as it is read. All readers throw
 * TypeError naming the attribute where it is not what this platform writes.
 */

export type Read<T> = (item: Item, name: string) => T;

/** `{ [as]: … }`, or nothing where the item has no such attribute. */
export function optional<T, K extends string>(item: Item, name: K, read: Read<T>): { [P in K]?: T };
export function optional<T, K extends string>(item: Item, name: string, read: Read<T>, as: K): { [P in K]?: T };
export function optional<T>(item: Item, name: string, read: Read<T>, as = name): Record<string, T> {
  return item[name] === undefined ? {} : { [as]: read(item, name) };
}

export function text(item: Item, name: string): string {
  return item[name]?.S ?? refuse(item, name, "a string");
}

export function bytes(item: Item, name: string): Buffer {
  const value = item[name]?.B;
  return value ? Buffer.from(value.buffer, value.byteOffset, value.length) : refuse(item, name, "bytes");
}

export function flag(item: Item, name: string): boolean {
  return item[name]?.BOOL ?? refuse(item, name, "a boolean");
}

export function count(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(item, name, "a whole number");
}

export function date(item: Item, name: string): Date {
  const value = new Date(text(item, name));
  return Number.isNaN(value.getTime()) ? refuse(item, name, "a time") : value;
}

export function oneOf<T extends string>(item: Item, name: string, values: readonly T[]): T {
  return values.find((value) => value === item[name]?.S) ?? refuse(item, name, `one of ${values.join(", ")}`);
}

/** A set of words, in the order of `values`. */
export function someOf<T extends string>(item: Item, name: string, values: readonly T[]): T[] {
  const words = item[name]?.SS ?? [];
  const known = values.filter((value) => words.includes(value));
  return known.length > 0 && known.length === words.length
    ? known
    : refuse(item, name, `a set of ${values.join(", ")}`);
}

/** What follows `prefix` in an attribute that names an id by its kind. */
export function idIn(item: Item, name: string, prefix: string): string {
  const value = text(item, name);
  return value.startsWith(prefix) && value.length > prefix.length
    ? value.slice(prefix.length)
    : refuse(item, name, `${prefix}{id}`);
}

export function refuse(item: Item, name: string, expected: string): never {
  throw new TypeError(`The item ${item.pk?.S ?? "within another"} has no valid ${name}: expected ${expected}`);
}
