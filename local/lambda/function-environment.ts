import type { DeclaredFunction } from "./declared-function.ts";

/** What Lambda's runtime tells every function of itself. */
export function runtimeVariables(declared: DeclaredFunction, region: string, taskRoot: string): Record<string, string> {
  return {
    _HANDLER: declared.handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${declared.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(declared.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: declared.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: taskRoot,
    TZ: ":UTC",
  };
}
