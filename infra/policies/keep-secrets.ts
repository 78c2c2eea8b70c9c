import type { Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

/** What a function that makes secrets may do: fill them, and see whether it has done so before. */
export function keepSecretsStatements(facts: { secretArns: readonly string[]; key: KeyFacts }): Statement[] {
  return [
    {
      Sid: "KeepSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      Resource: facts.secretArns,
    },
    keyUse(facts.key, "secretsmanager"),
  ];
}
