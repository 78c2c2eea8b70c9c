import type { Due } from "../api/domain/ports/due-store.ts";

/** What is due of one kind. */
export async function* onlyKind<K extends Due["kind"]>(
  pages: AsyncIterable<readonly Due[]>,
  kind: K,
): AsyncGenerator<Extract<Due, { kind: K }>[]> {
  for await (const page of pages) {
    yield page.filter((due): due is Extract<Due, { kind: K }> => due.kind === kind);
  }
}
