import type { Control } from "./control.ts";
import { apiGatewayControls } from "./controls/api-gateway.ts";
import { cloudFrontControls } from "./controls/cloudfront.ts";
import { cloudTrailControls } from "./controls/cloudtrail.ts";
import { cognitoControls } from "./controls/cognito.ts";
import { dynamoDbControls } from "./controls/dynamodb.ts";
import { kmsControls } from "./controls/kms.ts";
import { lambdaControls } from "./controls/lambda.ts";
import { messagingControls } from "./controls/messaging.ts";
import { s3Controls } from "./controls/s3.ts";
import { secretsManagerControls } from "./controls/secrets-manager.ts";
import { wafControls } from "./controls/waf.ts";

/** What a stack is held to: controls of AWS Security Hub, by its ids. */
export const controls: readonly Control[] = [
  ...cloudFrontControls,
  ...s3Controls,
  ...wafControls,
  ...lambdaControls,
  ...dynamoDbControls,
  ...cognitoControls,
  ...apiGatewayControls,
  ...kmsControls,
  ...secretsManagerControls,
  ...messagingControls,
  ...cloudTrailControls,
];

/** Where AWS says what a control wants. */
export function addressOf({ id }: Pick<Control, "id">): string {
  const [service = "", number = ""] = id.toLowerCase().split(".");
  return `https://docs.aws.amazon.com/securityhub/latest/userguide/${service}-controls.html#${service}-${number}`;
}
