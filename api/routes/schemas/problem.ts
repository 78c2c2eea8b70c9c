import Type, { type TSchema } from "typebox";
import { type ProblemCode, problem, problemKinds, problemType } from "../../problem.ts";
import { oneOf, ref } from "./ref.ts";

const codes = Object.keys(problemKinds);
const exampleRequestId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11";

const FieldError = Type.Object({
  path: Type.String({ description: "A JSON pointer into the body, the path or the query.", examples: ["/size"] }),
  message: Type.String({ examples: ["must be >= 1"] }),
});

export const Problem = Type.Object(
  {
    type: Type.String({ format: "uri", examples: [problemType("PHOTO_NOT_FOUND")] }),
    title: Type.String({ examples: [problemKinds.PHOTO_NOT_FOUND.title] }),
    status: Type.Integer({ examples: [404] }),
    detail: Type.String({ description: "For people; may change.", examples: [problemKinds.PHOTO_NOT_FOUND.title] }),
    code: oneOf(codes, { description: "For programs; does not change.", examples: ["PHOTO_NOT_FOUND"] }),
    requestId: Type.String({
      description: "The id under which the log knows the request.",
      examples: [exampleRequestId],
    }),
    errors: Type.Optional(Type.Array(FieldError, { description: "Where the request breaks its schema." })),
  },
  { $id: "Problem", description: "What went wrong, as RFC 9457 has it." },
);

/** The problems of every route behind sign-in, and of every route that takes a body. */
export const signedIn = ["UNAUTHENTICATED", "DEPENDENCY_UNAVAILABLE"] as const;
export const withBody = ["INVALID_REQUEST", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const;

/**
 * Declares the problems that a route can answer with, by status, those of every route among them. Its type says nothing,
 * so that what a handler returns is held against the route's success alone: problems are thrown.
 */
export function problems(...own: readonly ProblemCode[]): Record<never, never> {
  return declareProblems(own, {
    type: "application/problem+json",
    schema: ref(Problem),
    example: (code) => problem(code, problemKinds[code].title, exampleRequestId),
  });
}

/** How the answers of a scope write problems down. */
export interface DeclaredForm {
  readonly type: string;
  readonly schema: TSchema;
  readonly example: (code: ProblemCode) => object;
}

export function declareProblems(own: readonly ProblemCode[], form: DeclaredForm): Record<never, never> {
  const all = new Set<ProblemCode>([...own, "TOO_MANY_REQUESTS", "INTERNAL", "OVERLOADED"]);
  const byStatus = Map.groupBy(all, (code) => problemKinds[code].status);
  return Object.fromEntries([...byStatus].map(([status, alike]) => [status, declare(alike, form)]));
}

function declare(alike: readonly ProblemCode[], { type, schema, example }: DeclaredForm) {
  const examples = alike.map((code) => [code, { value: example(code) }]);
  const description = alike.map((code) => problemKinds[code].title).join(", or ");
  const headers: object = Object.assign({}, ...alike.map(headersOf));
  return {
    description,
    ...(Object.keys(headers).length > 0 && { headers }),
    content: { [type]: { schema, examples: Object.fromEntries(examples) } },
  };
}

/** What an answer tells in a header besides. */
function headersOf(code: ProblemCode) {
  const { status, retryAfterSeconds } = problemKinds[code];
  if (retryAfterSeconds !== undefined) return { "retry-after": { type: "integer", description: "Seconds to wait." } };
  if (status === 401) return { "www-authenticate": { type: "string", description: "What is asked for." } };
  return {};
}
