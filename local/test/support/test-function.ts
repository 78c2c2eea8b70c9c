import type { RecordedResource } from "../../program/recording.ts";
import { recorded } from "./recorded.ts";
import { roleArn } from "./test-account.ts";

export const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;

/** A function as the program's run would have recorded it; `source` is CommonJS that exports `handler`. */
export function recordedFunction(
  name: string,
  source: string,
  inputs: RecordedResource["inputs"] = {},
): RecordedResource {
  return recorded(
    "aws:lambda/function:Function",
    name,
    {
      code: { assets: { "index.cjs": { text: source } } },
      handler: "index.handler",
      role: roleArn("worker"),
      runtime: "nodejs24.x",
      ...inputs,
    },
    { id: name, name, arn: functionArn(name) },
  );
}
