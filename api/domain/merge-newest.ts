import type { PhotoId } from "./photo.ts";

/** What is still unread of one list of photos, newest first. */
export interface Unread<Key> {
  readonly key: Key;
  /** Every unread photo sorts before it. */
  readonly before: PhotoId;
}

/** Some photos older than `before`, newest first, and whether there are older ones. */
export type ReadOlder<Key> = (unread: Unread<Key>) => Promise<{ readonly ids: PhotoId[]; readonly more: boolean }>;

/** Enough for most pages to take a round or two, and few enough to share connections with other requests. */
const parallelReads = 32;

/**
 * The `limit` newest photos of many lists. A list is read no further than it could still change the outcome, so that of
 * thousands of lists only those are read at all whose photos may be among the newest.
 */
export async function mergeNewest<Key>(
  lists: readonly Unread<Key>[],
  limit: number,
  readOlder: ReadOlder<Key>,
): Promise<PhotoId[]> {
  let newest: PhotoId[] = [];
  let unread = [...lists];
  for (;;) {
    unread.sort((one, other) => newestFirst(one.before, other.before));
    const oldest = newest[limit - 1];
    const contributing = unread.slice(0, parallelReads).filter(({ before }) => oldest === undefined || before > oldest);
    if (contributing.length === 0) return newest;

    const read = await Promise.all(contributing.map(async (list) => ({ list, ...(await readOlder(list)) })));
    const longer = read.flatMap(({ list, ids, more }) => {
      const before = ids.at(-1);
      return more && before !== undefined ? [{ key: list.key, before }] : [];
    });
    unread = [...longer, ...unread.slice(contributing.length)];
    newest = [...newest, ...read.flatMap(({ ids }) => ids)].sort(newestFirst).slice(0, limit);
  }
}

function newestFirst(one: PhotoId, other: PhotoId): number {
  return one < other ? 1 : one > other ? -1 : 0;
}
