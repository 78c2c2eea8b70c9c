import type { Statement } from "./document.ts";

/** What the function that makes signing keys may do: fill the slots' secrets, and see whether it has done so before. */
export function createSigningKeyStatements({ secretArns }: { secretArns: readonly string[] }): Statement[] {
  return [
    {
      Sid: "KeepKeys",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      Resource: secretArns,
    },
  ];
}
