import type { Readable } from "node:stream";
import type { Headers } from "./headers.ts";

/** How CloudFront says in `X-Cache` where an answer comes from. */
export type Result =
  | "Hit"
  | "Miss"
  | "RefreshHit"
  | "Error"
  | "FunctionGeneratedResponse"
  | "FunctionExecutionError"
  | "FunctionValidationError";

/** What the edge is about to answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readable | Buffer | undefined;
  readonly result: Result;
}
