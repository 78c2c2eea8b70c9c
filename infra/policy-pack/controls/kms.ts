import { type Control, type Declared, type Fault, faultsAt, is, listAt } from "../control.ts";
import { eachOf, naming } from "../related.ts";
import { concerns, isPublic, statementsOf } from "../statements.ts";

export const kmsControls: readonly Control[] = [
  {
    id: "KMS.1",
    title: "No managed policy lets decrypt with every key",
    how: "the only managed policy is the permissions boundary, which grants nothing",
    findings: eachOf("aws:iam/policy:Policy", (it, all) =>
      naming(it, all, "aws:iam/role:Role", "permissionsBoundary").length > 0 ? [] : decryptionFaults(it),
    ),
  },
  {
    id: "KMS.2",
    title: "No inline policy lets decrypt with every key",
    how: "each role's own policy names the stack's key",
    types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"],
    faults: decryptionFaults,
  },
  {
    id: "KMS.4",
    title: "A key rotates",
    how: "`enableKeyRotation`, once a year",
    types: ["aws:kms/key:Key"],
    faults: (it) => faultsAt(it, "enableKeyRotation", is(true), "set it to true"),
  },
  {
    id: "KMS.5",
    title: "Nobody unknown uses a key",
    how: "key policies name the account, and services for it",
    types: ["aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy"],
    faults: (it) =>
      statementsOf(it.props.policy)
        .filter(isPublic)
        .map((value) => ({ property: "policy", value, mend: "name who may, or take the statement out" })),
  },
];

/** Whatever the conditions: Security Hub leaves them out of account. */
function decryptionFaults({ props }: Declared): readonly Fault[] {
  return statementsOf(props.policy)
    .filter((statement) => statement.Effect === "Allow" && concerns(statement, ["kms:Decrypt", "kms:ReEncryptFrom"]))
    .filter((statement) => statement.NotResource !== undefined || listAt(statement, "Resource").some(isEveryKey))
    .map((value) => ({ property: "policy", value, mend: "name the keys" }));
}

function isEveryKey(resource: unknown): boolean {
  return resource === "*" || /^arn:[^:]*:kms:.*\*/.test(String(resource));
}
