import type { Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

/** What the rotation of one secret's signing key may do: make keys, hand them to CloudFront, and promote them. */
export function rotateSigningKeyStatements(facts: { readonly secretArn: string; readonly key: KeyFacts }): Statement[] {
  return [
    {
      Sid: "KeepKeys",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: facts.secretArn,
    },
    keyUse(facts.key, "secretsmanager"),
    {
      Sid: "TellCloudFront",
      Effect: "Allow",
      Action: keyActions,
      // IAM knows no resources for public keys and key groups.
      Resource: "*",
    },
  ];
}

/** CloudFront's actions on public keys and key groups, as far as a rotation needs them. */
export const keyActions = [
  "cloudfront:CreatePublicKey",
  "cloudfront:DeletePublicKey",
  "cloudfront:GetKeyGroup",
  "cloudfront:GetPublicKey",
  "cloudfront:UpdateKeyGroup",
] as const;
