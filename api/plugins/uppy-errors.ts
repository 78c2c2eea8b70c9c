import type { FastifyError } from "fastify";
import fp from "fastify-plugin";
import type { DomainError } from "../domain/errors.ts";
import { answerProblem, type ProblemForm } from "./problem-details.ts";

/** Companions answer by `error`; `message` is what Uppy shows to people. */
const uppyForm: ProblemForm = {
  type: "application/json",
  write: ({ code, detail, errors = [] }) => {
    const said = [detail, ...errors.map(({ path, message }) => `${path} ${message}`)].join("; ");
    return { error: said, message: said, code };
  },
};

/** For errors that come before any scope is found: how those at an address are written, unless as problems. */
export function formFor(url: string): ProblemForm | undefined {
  return url.startsWith("/uppy/") ? uppyForm : undefined;
}

/** Answers every error of the scope that it is registered in as Uppy's companion would. */
export const uppyErrors = fp(async (app) => {
  app.setErrorHandler<FastifyError | DomainError>((error, request, reply) =>
    answerProblem(error, request, reply, uppyForm),
  );
});
