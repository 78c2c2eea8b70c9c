import { type Item, type Place, placed, uuidPattern } from "./keys.ts";
import type { List } from "./query-page.ts";

/** UUIDs of version 7 sort by time. */
const newestByUuid = { newestFirst: true, sortShape: uuidPattern };

/** A list as an index has it, which may lag a moment behind; the sort keys of its items end in their ids. */
export function indexList(
  placeOf: (id: string) => Place,
  keyOf: (id: string) => Item,
  order: Pick<List, "newestFirst" | "sortShape"> = newestByUuid,
): List {
  const { index, partition, sort: sortPrefix } = placeOf("");
  return {
    index,
    partition,
    sortPrefix,
    ...order,
    startKey(sort) {
      const id = sort.slice(sortPrefix.length);
      return { ...keyOf(id), ...placed(placeOf(id)) };
    },
  };
}
