import { type PolicyDocument, policyDocument } from "./document.ts";
import { uploadStatements } from "./upload-role.ts";

/** The session tag that holds a user's id: the `sub` of the user pool, which the API's keys are made of. */
export const userIdTag = "userId";

/**
 * What a user with credentials of the identity pool may do: upload under the prefix of their own. The identity pool's own
 * id (`cognito-identity.amazonaws.com:sub`) is another than the user pool's, and names no prefix.
 */
export function identityPoolUserPolicy({ bucketArn }: { readonly bucketArn: string }): PolicyDocument {
  return policyDocument(...uploadStatements(`${bucketArn}/uploads/\${aws:PrincipalTag/${userIdTag}}/*`));
}
