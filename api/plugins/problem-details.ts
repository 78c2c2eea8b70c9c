import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { DomainError, TooManyRequestsError } from "../domain/errors.ts";
import {
  type FieldError,
  logFields,
  type Problem,
  type ProblemCode,
  problem,
  problemKinds,
  problemOf,
} from "../problem.ts";

/** Answers every error as RFC 9457 has it, and logs what only the log may know. */
export const problemDetails = fp(async (app) => {
  app.setErrorHandler<FastifyError | DomainError>((error, request, reply) => answerProblem(error, request, reply));

  app.setNotFoundHandler((request, reply) =>
    send(reply, problem("ROUTE_NOT_FOUND", "There is no such route", request.id), rfc9457),
  );
});

/** How a scope writes a problem down: RFC 9457 unless its protocol is older. */
export interface ProblemForm {
  readonly type: string;
  readonly write: (problem: Problem) => object;
}

const rfc9457: ProblemForm = { type: "application/problem+json", write: (answer) => answer };

/** Also for Fastify's own errors that come before any hook or handler, such as a URL that can't be decoded. */
export function answerProblem(
  error: FastifyError | DomainError,
  request: FastifyRequest,
  reply: FastifyReply,
  form = rfc9457,
): void {
  const answer = error instanceof DomainError ? problemOf(error, request.id) : requestProblem(error, request);
  log(error, answer, request);
  send(reply, answer, form, error instanceof TooManyRequestsError ? error.retryAfterSeconds : undefined);
}

/** `waitSeconds` is for a problem that knows better how long to wait than its kind does. */
function send(reply: FastifyReply, answer: Problem, { type, write }: ProblemForm, waitSeconds?: number): void {
  const { status, retryAfterSeconds, challenge } = problemKinds[answer.code];
  if (challenge !== undefined) reply.header("www-authenticate", challenge);
  const wait = waitSeconds ?? retryAfterSeconds;
  if (wait !== undefined) reply.header("retry-after", wait);
  reply.header("x-request-id", answer.requestId);
  reply.code(status).type(type).send(write(answer));
}

/** By the status that Fastify gives its own errors; whatever else is thrown is ours, and not the caller's to know. */
const requestProblems: Readonly<Record<number, ProblemCode>> = {
  400: "INVALID_REQUEST",
  413: "BODY_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  503: "OVERLOADED",
};

/** A path that can't be decoded, and a parameter in it that is longer than any id. */
const urlErrors = new Set(["FST_ERR_BAD_URL", "FST_ERR_MAX_PARAM_LENGTH"]);
const partNames: Readonly<Record<string, string>> = { body: "body", params: "path", querystring: "query" };

function requestProblem(error: FastifyError, { id: requestId, raw }: FastifyRequest): Problem {
  if (raw.readableAborted) return problem("INVALID_REQUEST", "The connection ended before the body did", requestId);
  if (error.validation) {
    const detail = `The ${partNames[error.validationContext ?? ""] ?? "request"} is not as the API describes it`;
    return problem("INVALID_REQUEST", detail, requestId, error.validation.map(toFieldError));
  }
  // Fastify would say the whole URL again, however long it is.
  if (urlErrors.has(error.code))
    return problem("INVALID_REQUEST", "The path is not as the API describes it", requestId);
  const code = error.code?.startsWith("FST_") ? requestProblems[error.statusCode ?? 500] : undefined;
  return code ? problem(code, error.message, requestId) : problem("INTERNAL", "The log knows more", requestId);
}

/** Where a value breaks its schema, in words for whoever sent it. */
export function toFieldError({ instancePath, keyword, params, message }: ValidationError): FieldError {
  if (keyword === "additionalProperties") {
    return { path: `${instancePath}/${params.additionalProperty}`, message: "is not a known property" };
  }
  if (keyword === "required") return { path: `${instancePath}/${params.missingProperty}`, message: "is required" };
  if (keyword === "enum")
    return { path: instancePath, message: `must be one of ${[params.allowedValues].flat().join(", ")}` };
  return { path: instancePath, message: message ?? "is not valid" };
}

type ValidationError = NonNullable<FastifyError["validation"]>[number];

function log(error: FastifyError | DomainError, { status, code }: Problem, request: FastifyRequest): void {
  if (status >= 500) request.log.error({ err: error, code }, "request failed");
  else request.log.info(logFields(error), "request refused");
}
