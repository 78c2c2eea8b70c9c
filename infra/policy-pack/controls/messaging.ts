import { type Control, type Declared, type Fault, faultsAt, isSet } from "../control.ts";
import { isPublic, statementsOf } from "../statements.ts";

export const messagingControls: readonly Control[] = [
  {
    id: "SQS.1",
    title: "A queue is encrypted",
    how: "under the stack's key",
    types: ["aws:sqs/queue:Queue"],
    faults: (it) =>
      it.props.sqsManagedSseEnabled === true ? [] : faultsAt(it, "kmsMasterKeyId", isSet, "name the stack's key"),
  },
  {
    id: "SQS.3",
    title: "Nobody unknown uses a queue",
    how: "queue policies allow S3 to send, for this bucket alone",
    types: ["aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"],
    faults: publicFaults,
  },
  {
    id: "SNS.1",
    title: "A topic is encrypted under a KMS key",
    how: "under the key of its region",
    types: ["aws:sns/topic:Topic"],
    faults: (it) => faultsAt(it, "kmsMasterKeyId", isSet, "name the stack's key"),
  },
  {
    id: "SNS.4",
    title: "Nobody unknown uses a topic",
    how: "topic policies allow the worker or the account's alarms to publish",
    types: ["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"],
    faults: publicFaults,
  },
];

function publicFaults({ props }: Declared): readonly Fault[] {
  return statementsOf(props.policy)
    .filter(isPublic)
    .map((value) => ({ property: "policy", value, mend: "name who may, or take the statement out" }));
}
