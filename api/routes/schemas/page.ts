import Type, { type TSchema } from "typebox";
import type { Page, PageRequest } from "../../domain/ports/page.ts";
import { nullable } from "./ref.ts";

const exampleCursor = "AZkLHH5Pe1KdbzwfXQ8qEVv0T2c4m1xZ";
const defaultLimit = 50;

/** The part of a query string that every list takes. */
export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: defaultLimit, description: "The most items of one page." }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 256, description: "The `nextCursor` of the page before.", examples: [exampleCursor] }),
  ),
};

export const PageQuery = Type.Object(pageQuery, { additionalProperties: false });

export function pageOf<T extends TSchema>(item: T) {
  const nextCursor = Type.String({ description: "Where the next page begins.", examples: [exampleCursor] });
  return Type.Object({ items: Type.Array(item), nextCursor: nullable(nextCursor) }, { description: "One page." });
}

export function pageRequest(query: { readonly limit?: number; readonly cursor?: string }): PageRequest {
  return { limit: query.limit ?? defaultLimit, cursor: query.cursor };
}

/** A page as apps see it. */
export function toPage<T, R>({ items, nextCursor }: Page<T>, show: (item: T) => R) {
  return { items: items.map(show), nextCursor: nextCursor ?? null };
}
