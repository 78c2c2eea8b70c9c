import { type Control, faultsAt, isAtMost } from "../control.ts";
import { eachOf, naming } from "../related.ts";

const rotation = "aws:secretsmanager/secretRotation:SecretRotation";

export const secretsManagerControls: readonly Control[] = [
  {
    id: "SecretsManager.1",
    title: "A secret rotates by itself",
    how: "the signing key does, every `latchkey:signingKeyDays`",
    findings: eachOf("aws:secretsmanager/secret:Secret", (it, all) =>
      naming(it, all, rotation, "secretId").length > 0
        ? []
        : [
            {
              property: "SecretRotation",
              value: undefined,
              mend: "declare one; for the signing key set latchkey:signingKeyDays",
            },
          ],
    ),
  },
  {
    id: "SecretsManager.3",
    title: "No secret lies unused",
    how: "a declaration does not show when a secret was last read. Each of a stack's is read by a function that it deploys",
    unverifiable: true,
  },
  {
    id: "SecretsManager.4",
    title: "A secret was rotated within the last 90 days",
    how: "a rotation's rule is 90 days or fewer. Whether it came to pass an alarm tells, and Security Hub",
    types: [rotation],
    faults: (it) =>
      faultsAt(it, "rotationRules.automaticallyAfterDays", isAtMost(90), "set latchkey:signingKeyDays to 90 or fewer"),
  },
];
