import { type Operations, repeat } from "../isolated.ts";

export const operations = {
  /** Works for a while that grows with `rounds`. */
  spin: (rounds) => repeat(() => Array.from({ length: Number(rounds) }, (_, turn) => Math.sqrt(turn)).length),
} satisfies Operations;
