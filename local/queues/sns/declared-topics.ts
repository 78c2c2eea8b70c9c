import Type, { type Static } from "typebox";
import type { PolicyDocument } from "../../iam/types.ts";
import { parseAs, parseInputs } from "../../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../../program/recording.ts";
import { attachedPolicy, policyOf } from "../../resource-policy.ts";

/** A topic as the program declares it. */
export interface Topic {
  readonly arn: string;
  readonly displayName: string;
  /** The customer key that messages lie under on their way. */
  readonly kmsKey: string | undefined;
  readonly policy: PolicyDocument | undefined;
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** The bare message, instead of the envelope that says which topic it came by. */
  readonly raw: boolean;
  /** Why nothing is delivered to it here. */
  readonly undelivered: string | undefined;
}

const TopicInputs = Type.Object({
  displayName: Type.Optional(Type.String()),
  fifoTopic: Type.Optional(Type.Literal(false)),
  kmsMasterKeyId: Type.Optional(Type.String()),
});
const SubscriptionInputs = Type.Object({
  topic: Type.String(),
  protocol: Type.String(),
  endpoint: Type.String(),
  rawMessageDelivery: Type.Optional(Type.Boolean()),
  filterPolicy: Type.Optional(Type.String()),
});
const Arn = Type.Object({ arn: Type.String() });

/** Reads the topics of a recording that may still grow. */
export function declaredTopics(recording: Recording): Topic[] {
  return resourcesOf(recording, "aws:sns/topic:Topic").map((resource) => {
    const { displayName = "", kmsMasterKeyId: kmsKey } = parseInputs(TopicInputs, resource);
    const { arn } = parseAs(Arn, resource.outputs, resource.urn);
    const policy = attachedPolicy(recording, "aws:sns/topicPolicy:TopicPolicy", (inputs) => inputs.arn === arn);
    const subscriptions = subscriptionsOf(recording, arn);
    return { arn, displayName, kmsKey, policy: policy ?? policyOf(resource), subscriptions };
  });
}

function subscriptionsOf(recording: Recording, topicArn: string): Subscription[] {
  return resourcesOf(recording, "aws:sns/topicSubscription:TopicSubscription")
    .map((resource) => ({ resource, inputs: parseInputs(SubscriptionInputs, resource) }))
    .filter(({ inputs }) => inputs.topic === topicArn)
    .map(({ resource, inputs }) => ({
      arn: parseAs(Arn, resource.outputs, resource.urn).arn,
      protocol: inputs.protocol,
      endpoint: inputs.endpoint,
      raw: inputs.rawMessageDelivery ?? false,
      undelivered: undeliveredBecause(inputs),
    }));
}

function undeliveredBecause({ protocol, filterPolicy }: Static<typeof SubscriptionInputs>): string | undefined {
  if (protocol !== "sqs") return `the local SNS delivers to queues only, not by ${protocol}`;
  if (filterPolicy !== undefined) return "the local SNS does not evaluate filter policies";
  return undefined;
}
