import type { AnswerOf, Calls, InitOf, PathsOf } from "./calls.ts";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The paths whose GET answers pages. */
export type ListPath = {
  [Path in PathsOf<"get">]: AnswerOf<"get", Path> extends Page<unknown> ? Path : never;
}[PathsOf<"get">];

export type ItemOf<Path extends ListPath> = AnswerOf<"get", Path> extends Page<infer Item> ? Item : never;

/** Every item of a list, page after page, each asked for when the one before is used up. Rejects as a call does. */
export type Paginate = <Path extends ListPath>(path: Path, init?: InitOf<"get", Path>) => AsyncGenerator<ItemOf<Path>>;

export function createPaginate({ get }: Pick<Calls, "get">): Paginate {
  const ask = get as (path: string, init: object) => Promise<Page<never>>;
  return async function* paginate(path, init) {
    const { params } = init ?? {};
    let cursor: string | null | undefined;
    do {
      const query = { ...params?.query, ...(cursor && { cursor }) };
      const page = await ask(path, { ...init, params: { ...params, query } });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  };
}
