/** What to list: keys under `prefix`, those that hold `delimiter` after it rolled up into one common prefix each. */
export interface ListQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** At most so many entries and common prefixes together. */
  readonly limit: number;
}

export type ListItem<Entry> =
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface ListPage<Entry> {
  readonly items: readonly ListItem<Entry>[];
  readonly truncated: boolean;
}

/** Entries in order from the first key that is not less than `from`. */
export type Scan<Entry> = (from: string) => Iterable<Entry>;

/** Reads a page; a common prefix costs one look-up, however many keys lie under it. */
export function listPage<Entry extends { readonly key: string }>(
  { prefix, delimiter, limit }: ListQuery,
  start: Iterable<Entry>,
  scan: Scan<Entry>,
): ListPage<Entry> {
  const items: ListItem<Entry>[] = [];
  let rest = start[Symbol.iterator]();
  for (let next = rest.next(); !next.done && next.value.key.startsWith(prefix) && limit > 0; next = rest.next()) {
    if (items.length === limit) return { items, truncated: true };
    const entry = next.value;
    const rolled = rollUp(entry.key, prefix, delimiter);
    if (rolled === undefined) {
      items.push({ kind: "entry", entry });
    } else {
      items.push({ kind: "prefix", prefix: rolled });
      rest = scan(firstKeyPast(rolled))[Symbol.iterator]();
    }
  }
  return { items, truncated: false };
}

/** Where a page begins that follows the key `after`: a common prefix is listed only when it is greater than `after`. */
export function pageStart({ prefix, delimiter }: ListQuery, after: string): string {
  if (compareKeys(after, prefix) < 0) return prefix;
  const rolled = after.startsWith(prefix) ? rollUp(after, prefix, delimiter) : undefined;
  return rolled === undefined ? firstKeyAfter(after) : firstKeyPast(rolled);
}

/** The common prefix that a key is listed under, if any. */
export function rollUp(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/** The least key that is greater than a key. */
export function firstKeyAfter(key: string): string {
  return `${key}\u0000`;
}

/** A bound above every key under a prefix: its 1024 bytes leave no key room for so many of the highest character. */
function firstKeyPast(prefix: string): string {
  return prefix + "\u{10ffff}".repeat(257);
}

/** S3 orders keys by the bytes of their UTF-8. */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
