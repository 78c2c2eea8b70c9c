import { type Declared, valueAt } from "./control.ts";

/** A control that does not hold somewhere, and why that is right. */
export interface Suppression {
  readonly control: string;
  /** The resource by its name in the program; all of them, and the stack itself, if not given. */
  readonly resource?: string;
  /** Only on the stack of this name. */
  readonly stack?: string;
  /** Only on resources that have these values, by their paths. */
  readonly where?: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

const deletable = "A stack to be looked into, and gone with `pulumi destroy`: it holds nobody's photos";
const byLink = "What it answers is for people without an account: the function itself checks the link's own secret";

export const suppressions: readonly Suppression[] = [
  {
    control: "CloudFront.5",
    reason:
      "Both write standard logs of version 2, which leave out what holds signatures and links' tokens. Version 1, the only one that the control knows, writes them down",
  },
  {
    control: "CloudFront.15",
    where: { "viewerCertificate.cloudfrontDefaultCertificate": true },
    reason:
      "CloudFront's own certificate can't be held to a TLS policy; CloudFront.7 tells of it. With a domain of its own the control holds",
  },
  {
    control: "CloudFront.17",
    resource: "latchkey-api-edge",
    reason: "The API is called with tokens, not with signed URLs, and checks them itself",
  },
  {
    control: "S3.1",
    reason:
      "A setting of the whole account, of which there is one: two stacks would fight over it, and one that is destroyed would take it along. Each bucket blocks for itself (S3.8)",
  },
  {
    control: "S3.9",
    resource: "latchkey-audit-logs",
    reason: "It is where access logs go: one of its own would log the writing of logs",
  },
  {
    control: "S3.17",
    resource: "latchkey-audit-logs",
    reason:
      "S3 delivers access logs to no bucket whose default is a KMS key. What the trail writes lies under the stack's key all the same",
  },
  {
    control: "Lambda.3",
    reason:
      "The functions call AWS alone, by TLS and with roles of their own. In a VPC they would need a NAT gateway or a dozen endpoints, at a fixed price, and could do no less",
  },
  { control: "DynamoDB.2", stack: "dev", reason: deletable },
  { control: "DynamoDB.6", stack: "dev", reason: deletable },
  {
    control: "Cognito.5",
    stack: "dev",
    reason: "Its users are made up, by people and scripts who try things out with a password alone",
  },
  { control: "Cognito.6", stack: "dev", reason: deletable },
  {
    control: "APIGateway.8",
    resource: "latchkey-api-http-options-v1-proxy",
    reason: "Browsers ask before they send a token, without one",
  },
  {
    control: "APIGateway.8",
    resource: "latchkey-api-http-options-uppy-proxy",
    reason: "Browsers ask before they send a token, without one",
  },
  { control: "APIGateway.8", resource: "latchkey-api-http-get-v1-links-link", reason: byLink },
  { control: "APIGateway.8", resource: "latchkey-api-http-head-v1-links-link", reason: byLink },
  { control: "APIGateway.8", resource: "latchkey-api-http-post-v1-links-link", reason: byLink },
  {
    control: "APIGateway.8",
    resource: "latchkey-api-http-default",
    reason:
      "Its health and description, and the permalinks of public photos; the function answers no other path without a token",
  },
  {
    control: "SecretsManager.1",
    resource: "latchkey-signer-b",
    reason:
      "The slot for changing keys by hand, empty unless `latchkey:signingKeyB` fills it; the rotation works in slot a",
  },
  {
    control: "SecretsManager.1",
    resource: "latchkey-api-origin",
    reason:
      "Edge and API must change it together, which takes a deployment: a higher `latchkey:originSecret` makes a new one",
  },
];

/** Whether a control's violation is accepted there; `resource` is absent for that of the stack as a whole. */
export function isSuppressedBy(
  suppression: Suppression,
  { control, stack, resource }: { control: string; stack: string; resource: Declared | undefined },
): boolean {
  const where = Object.entries(suppression.where ?? {});
  return (
    suppression.control === control &&
    (suppression.stack ?? stack) === stack &&
    (suppression.resource ?? resource?.name) === resource?.name &&
    where.every(([path, value]) => valueAt(resource?.props, path) === value)
  );
}
