import type { PolicyStatement } from "../../iam/types.ts";
import type { RecordedResource } from "../../program/recording.ts";
import { recorded } from "./recorded.ts";

export const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;
export const queueUrl = (name: string) => `https://sqs.eu-central-1.amazonaws.com/000000000000/${name}`;

/** A queue as the program's run would have recorded it. */
export function recordedQueue(name: string, inputs: RecordedResource["inputs"] = {}): RecordedResource {
  return recorded(
    "aws:sqs/queue:Queue",
    name,
    { name, ...inputs },
    { id: queueUrl(name), url: queueUrl(name), arn: queueArn(name) },
  );
}

export function queuePolicy(name: string, ...statements: PolicyStatement[]): RecordedResource {
  return recorded("aws:sqs/queuePolicy:QueuePolicy", name, {
    queueUrl: queueUrl(name),
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
}

/** A `redrivePolicy` that gives a message up after so many receives. */
export function redriveTo(name: string, maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: queueArn(name), maxReceiveCount });
}
