import type { Page, PageRequest } from "./ports/page.ts";

/** A list to its end, page by page. */
export async function* pagesOf<T>(read: (page: PageRequest) => Promise<Page<T>>, limit: number): AsyncGenerator<T[]> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await read({ limit, cursor });
    yield items;
    cursor = nextCursor;
  } while (cursor !== undefined);
}

/** How many items of a list there are, or of those that are counted. */
export async function countIn<T>(pages: AsyncIterable<readonly T[]>, counts: (item: T) => boolean = () => true) {
  let total = 0;
  for await (const items of pages) total += items.filter(counts).length;
  return total;
}
