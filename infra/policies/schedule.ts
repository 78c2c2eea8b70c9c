import { type PolicyDocument, policyDocument } from "./document.ts";

/** What a schedule may do: run one function. */
export function invokePolicy(functionArn: string): PolicyDocument {
  return policyDocument({
    Sid: "RunTheJob",
    Effect: "Allow",
    Action: "lambda:InvokeFunction",
    Resource: functionArn,
  });
}
