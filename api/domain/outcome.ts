import { DomainError } from "./errors.ts";

/** What became of one item of a list: refusing one item does not refuse the others. */
export type Outcome<T extends object> = T | DomainError;

/** Single is bulk of one: the outcome of the only item, its refusal thrown. */
export function only<T extends object>(outcomes: readonly Outcome<T>[]): T {
  const [outcome] = outcomes;
  if (outcome === undefined) throw new TypeError("A list of one has one outcome");
  if (outcome instanceof DomainError) throw outcome;
  return outcome;
}

/** Takes what was not refused through a step that keeps order and count, and may refuse more; refusals keep their places. */
export async function proceed<T extends object, R extends object>(
  outcomes: readonly Outcome<T>[],
  step: (accepted: T[]) => Promise<Outcome<R>[]>,
): Promise<Outcome<R>[]> {
  const results = (await step(accepted(outcomes))).values();
  return outcomes.map((outcome) => {
    if (outcome instanceof DomainError) return outcome;
    const { value } = results.next();
    if (value === undefined) throw new TypeError("A step answers for every item that it was given");
    return value;
  });
}

export function accepted<T extends object>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.filter((outcome): outcome is T => !(outcome instanceof DomainError));
}
