import { type PolicyDocument, policyDocument, type Statement } from "./document.ts";
import { type KeyFacts, keyUse } from "./encryption-key.ts";

/** The folder of IAM in which the stack's upload roles stand, so that a policy can mean them before they exist. */
export const uploadRolePath = "/latchkey-uploads/";

/** What a session for uploads may do at most; the session's own policy confines it to a user's prefix. */
export function uploadRolePolicy(facts: { readonly bucketArn: string; readonly key: KeyFacts }): PolicyDocument {
  return policyDocument(...uploadStatements(`${facts.bucketArn}/uploads/*`, facts.key));
}

/** What whoever signs uploads for themselves may do with the objects that `Resource` names, under the bucket's key. */
export function uploadStatements(Resource: string, key: KeyFacts): Statement[] {
  return [
    {
      Sid: "Upload",
      Effect: "Allow",
      // PutObject is also what begins and completes an upload in parts. Nothing reads, lists or deletes.
      Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
      Resource,
    },
    {
      Sid: "DenyForms",
      Effect: "Deny",
      Action: "s3:PutObject",
      Resource,
      // The bucket's policy excuses forms from If-None-Match, and is to excuse those of the API alone.
      Condition: { StringEquals: { "s3:authType": "POST" } },
    },
    keyUse(key, "s3"),
  ];
}
