import { PolicyError } from "./policy-error.ts";
import type { PolicyDocument } from "./types.ts";

const allow = (Action: readonly string[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

const logging = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** The AWS managed policies that a media platform's program attaches, as AWS publishes them. */
const documents: ReadonlyMap<string, PolicyDocument> = new Map([
  ["arn:aws:iam::aws:policy/AdministratorAccess", allow(["*"])],
  ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", allow(logging)],
  [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...logging]),
  ],
  [
    "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    allow([
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ]),
  ],
]);

export function isAwsManaged(policyArn: string): boolean {
  return policyArn.startsWith("arn:aws:iam::aws:policy/");
}

/** Throws PolicyError for a policy whose content is not known here: to guess it would grant or refuse at random. */
export function awsManagedPolicy(policyArn: string): PolicyDocument {
  const document = documents.get(policyArn);
  if (document) return document;
  const known = [...documents.keys()].join(", ");
  throw new PolicyError(`The AWS managed policy ${policyArn} is not known to the local evaluator; known are ${known}.`);
}
