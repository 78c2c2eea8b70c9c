import type { FastifyRequest } from "fastify";
import Type, { type TSchema } from "typebox";
import { itemsApart } from "../compilers/items-apart.ts";
import { DomainError } from "../domain/errors.ts";
import type { Outcome } from "../domain/outcome.ts";
import { toFieldError } from "../plugins/problem-details.ts";
import { type Problem, problem } from "../problem.ts";
import { itemProblem } from "./item-problem.ts";
import { maxBulkItems } from "./schemas/values.ts";

/** `{items: […]}`, of which only the list itself can break the whole request: an item that is wrong is its own problem. */
export function bulkBody<T extends TSchema>(item: T) {
  const items = Type.Array(item, { minItems: 1, maxItems: maxBulkItems });
  return itemsApart(Type.Object({ items }, { additionalProperties: false }));
}

/**
 * Takes the items that keep their schema through a step that answers each of them, in order, and says of the others where
 * they break it. `toAnswer` gets the item as it came: where there is a problem, it may be anything.
 */
export async function answerItems<T, R extends object, A>(
  request: FastifyRequest,
  { item, items, step, toAnswer }: BulkAnswer<T, R, A>,
): Promise<A[]> {
  const validate = request.compileValidationSchema(item, "body");
  const checked = items.map((each) => (validate(each) ? undefined : invalidItem(request, validate.errors ?? [])));
  const answered = (await step(items.filter((_, index) => !checked[index]))).values();
  return items.map((each, index) => {
    const outcome = checked[index] ?? answered.next().value;
    if (outcome === undefined) throw new TypeError("A step answers for every item that it was given");
    return toAnswer(each, outcome instanceof DomainError ? { problem: itemProblem(outcome, request) } : outcome);
  });
}

export interface BulkAnswer<T, R extends object, A> {
  readonly item: TSchema;
  readonly items: readonly T[];
  readonly step: (valid: T[]) => Promise<Outcome<R>[]>;
  readonly toAnswer: (item: T, outcome: R | ItemProblem) => A;
}

export interface ItemProblem {
  readonly problem: Problem;
}

type ValidationErrors = Parameters<typeof toFieldError>[0][];

/** The paths are those within the item. */
function invalidItem({ id }: FastifyRequest, errors: readonly ValidationErrors[number][]): ItemProblem {
  const detail = "The item is not as the API describes it";
  return { problem: problem("INVALID_REQUEST", detail, id, errors.map(toFieldError)) };
}
