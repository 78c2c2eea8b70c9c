import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import type { Photo } from "../api/domain/photo.ts";
import type { CounterStore } from "../api/domain/ports/counter-store.ts";
import type { Stretch } from "./walk.ts";

/** Within the photos of the user who comes after another one. */
const Place = Type.Object({
  after: Type.Optional(Type.String()),
  within: Type.Optional(Type.Object({ userId: Type.String(), cursor: Type.String() })),
});

const photosPerPage = 250;

/** All photos in whatever state, user by user, from a place that an earlier stretch ended at; from the beginning for any other text. */
export async function* allPhotos(
  counters: Pick<CounterStore, "pagesOfUsers" | "listAllOfOwner">,
  from?: string,
): AsyncGenerator<Stretch<Photo>> {
  let { after, within } = parsePlace(from);
  for await (const users of counters.pagesOfUsers(after)) {
    for (const userId of users) {
      // Whoever was to be gone on with may be gone.
      let cursor = within?.userId === userId ? within.cursor : undefined;
      do {
        const { items, nextCursor } = await counters.listAllOfOwner(userId, { limit: photosPerPage, cursor });
        cursor = nextCursor;
        within = cursor === undefined ? undefined : { userId, cursor };
        if (!within) after = userId;
        yield { items, end: JSON.stringify({ after, within }) };
      } while (cursor !== undefined);
    }
  }
}

function parsePlace(text = "{}"): Static<typeof Place> {
  try {
    const place: unknown = JSON.parse(text);
    return Value.Check(Place, place) ? place : {};
  } catch {
    return {};
  }
}
