import type { PlaceStore } from "../api/domain/ports/place-store.ts";

/** A part of a walk, and the place to go on from after it. */
export interface Stretch<T> {
  readonly items: readonly T[];
  readonly end: string;
}

export interface WalkOptions {
  readonly places: PlaceStore;
  readonly name: string;
  /** Not in a dry run, which sees everything and leaves no trace. */
  readonly keepPlace: boolean;
}

/**
 * Goes on where the last walk of that name got to, in another process even, and begins anew after the end. A stretch
 * counts as done when the next one is asked for: whoever is killed in the midst of one comes to it again.
 */
export async function* walkOn<T>(
  { places, name, keepPlace }: WalkOptions,
  walk: (from: string | undefined) => AsyncIterable<Stretch<T>>,
): AsyncGenerator<readonly T[]> {
  for await (const { items, end } of walk(keepPlace ? await places.find(name) : undefined)) {
    yield items;
    if (keepPlace) await places.keep(name, end);
  }
  if (keepPlace) await places.forget(name);
}

/** Pages each of which ends at its last item. */
export async function* stretchesOf<T>(
  pages: AsyncIterable<readonly T[]>,
  placeOf: (last: T) => string,
): AsyncGenerator<Stretch<T>> {
  for await (const items of pages) {
    const last = items.at(-1);
    if (last !== undefined) yield { items, end: placeOf(last) };
  }
}
