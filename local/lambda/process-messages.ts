import Type, { type Static } from "typebox";

/** What a function's process is asked to do. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON. */
  readonly event: string;
  /** When it will be killed, in milliseconds of the epoch. */
  readonly deadline: number;
}

/** A failure in the words of Lambda's Node.js runtime. */
export const FunctionError = Type.Object({
  errorType: Type.String(),
  errorMessage: Type.String(),
  trace: Type.Array(Type.String()),
});
export type FunctionError = Static<typeof FunctionError>;

/** What a function's process says: first whether its handler is loaded, then one answer for each invocation. */
export const ProcessMessage = Type.Union([
  Type.Object({ kind: Type.Literal("ready") }),
  Type.Object({ kind: Type.Literal("result"), payload: Type.String() }),
  Type.Object({ kind: Type.Literal("failure"), error: FunctionError }),
]);
export type ProcessMessage = Static<typeof ProcessMessage>;
