/** Why a statement speaks of every resource (`*`), of a whole family of actions (`s3:*`), or of both. */
export interface WildcardReason {
  readonly resources?: string;
  readonly actions?: string;
}

const theKeyItself = "in a key's policy it stands for the key itself";
const manyForms = "GenerateDataKey and ReEncrypt come in several forms, and which a service asks for is its own affair";
const allThatThereIs = "a deny is meant for all that there is, and for what AWS comes to add";
const nothingToName = "the service's actions know no resources";

/**
 * Every statement of the program that has a wildcard for its resource or in an action, by its Sid. The tests hold this
 * against what is declared, both ways: a new wildcard needs its reason, and a reason goes with its wildcard.
 */
export const wildcardReasons: Readonly<Record<string, WildcardReason>> = {
  AllowAccountToAdminister: { resources: theKeyItself, actions: "List reads what hangs on the key, and opens nothing" },
  AllowAccountThroughServices: { resources: theKeyItself, actions: manyForms },
  AllowGrantsToServices: { resources: theKeyItself },
  AllowLogs: { resources: theKeyItself, actions: manyForms },
  AllowBucketEvents: { resources: theKeyItself, actions: manyForms },
  AllowTopicsToQueues: { resources: theKeyItself, actions: manyForms },
  AllowAlarms: { resources: theKeyItself, actions: manyForms },
  AllowTrails: { resources: theKeyItself, actions: manyForms },
  AllowThisDistributionToDecrypt: { resources: theKeyItself },
  DenyWithoutTls: { actions: allThatThereIs },
  DenyOldTls: { actions: allThatThereIs },
  DenyStaleSignatures: { actions: allThatThereIs },
  DenyPhotos: { actions: allThatThereIs },
  DenySecrets: { resources: "a deny is meant for other secrets of the account too" },
  Traces: { resources: nothingToName },
  WriteTraces: { resources: nothingToName },
  SigningKeys: { resources: "neither public keys nor key groups are resources to IAM" },
  TellCloudFront: { resources: "neither public keys nor key groups are resources to IAM" },
  Audit: { resources: "the boundary caps the auditor's actions, and the role's own policy names what they are on" },
};
