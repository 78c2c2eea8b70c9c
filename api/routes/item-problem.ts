import type { FastifyRequest } from "fastify";
import type { DomainError } from "../domain/errors.ts";
import { logFields, type Problem, problemOf } from "../problem.ts";

/** The problem of one item of a list, its reason kept to the log as for a whole request. */
export function itemProblem(error: DomainError, request: FastifyRequest): Problem {
  request.log.debug(logFields(error), "item refused");
  const problem = problemOf(error, request.id);
  request.missesItem ||= problem.status === 404;
  return problem;
}
