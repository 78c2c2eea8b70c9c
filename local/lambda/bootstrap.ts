import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FunctionError, Invocation, ProcessMessage } from "./process-messages.ts";

/*
 * The process that a function runs in, as Lambda's Node.js runtime does: loads the handler once, then calls it for one
 * event at a time. Like that runtime for Node.js 24, it knows no callbacks: a handler returns its answer or a promise.
 */

type Handler = (event: unknown, context: object) => unknown;

async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf(".");
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  const module = await import(pathToFileURL(await findModule(join(taskRoot, file))).href);
  // Of minified CommonJS, Node finds no names; they are members of the default export.
  const handler: unknown = module[exported] ?? module.default?.[exported];
  if (typeof handler !== "function") throw runtimeError("HandlerNotFound", `${name} is undefined or not exported`);
  return (event, context) => handler(event, context);
}

async function findModule(path: string): Promise<string> {
  for (const extension of [".mjs", ".js", ".cjs"]) {
    const found = await access(path + extension).then(
      () => true,
      () => false,
    );
    if (found) return path + extension;
  }
  throw runtimeError("ImportModuleError", `Cannot find module '${path}' as .mjs, .js or .cjs`);
}

function runtimeError(type: string, message: string): Error {
  return Object.assign(new Error(message), { name: `Runtime.${type}` });
}

function contextOf({ requestId, functionArn, deadline }: Invocation): object {
  const { AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_FUNCTION_MEMORY_SIZE } = process.env;
  return {
    awsRequestId: requestId,
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function describe(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split("\n") ?? [] };
}

function say(message: ProcessMessage): void {
  process.send?.(message);
}

function fail(thrown: unknown): void {
  console.error(thrown);
  say({ kind: "failure", error: describe(thrown) });
}

// The host may be killed: nobody else would end this process.
process.on("disconnect", () => process.exit());

const { LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
try {
  const handler = await loadHandler(LAMBDA_TASK_ROOT, _HANDLER);
  process.on("message", async (invocation: Invocation) => {
    try {
      const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
      say({ kind: "result", payload: JSON.stringify(result) ?? "null" });
    } catch (error) {
      fail(error);
    }
  });
  say({ kind: "ready" });
} catch (error) {
  fail(error);
}
