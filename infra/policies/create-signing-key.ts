import type { Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

/** What the function that makes signing keys may do: fill the slots' secrets, and see whether it has done so before. */
export function createSigningKeyStatements(facts: { secretArns: readonly string[]; key: KeyFacts }): Statement[] {
  return [
    {
      Sid: "KeepKeys",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      Resource: facts.secretArns,
    },
    keyUse(facts.key, "secretsmanager"),
  ];
}
