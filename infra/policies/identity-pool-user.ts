import { type PolicyDocument, policyDocument } from "./document.ts";
import type { KeyFacts } from "./encryption-key.ts";
import { uploadStatements } from "./upload-role.ts";

/** The session tag that holds a user's id: the `sub` of the user pool, which the API's keys are made of. */
export const userIdTag = "userId";

/**
 * What a user with credentials of the identity pool may do: upload under the prefix of their own. The identity pool's own
 * id (`cognito-identity.amazonaws.com:sub`) is another than the user pool's, and names no prefix.
 */
export function identityPoolUserPolicy(facts: { readonly bucketArn: string; readonly key: KeyFacts }): PolicyDocument {
  const own = `${facts.bucketArn}/uploads/\${aws:PrincipalTag/${userIdTag}}/*`;
  return policyDocument(...uploadStatements(own, facts.key));
}
