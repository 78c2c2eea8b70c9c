import { randomUUID } from "node:crypto";
import { AwsError, type QueryOperation, queryApi } from "../../gateway/protocols.ts";
import { createKeyGuard } from "../../kms/key-use.ts";
import { requireAccess } from "../../require-access.ts";
import type { AwsApi, AwsCall, ServiceContext } from "../../service.ts";
import type { QueueService } from "../queue-service.ts";
import { declaredTopics, type Subscription, type Topic } from "./declared-topics.ts";
import { type Publication, readPublication } from "./publication.ts";

const denial = { code: "AuthorizationError", status: 403 };

/**
 * The SNS API of the declared topics. It delivers to queues at once and for good; what it does not deliver, it says in the
 * log. Its envelopes carry no signature, since only AWS can sign as SNS.
 */
export function createSns(context: ServiceContext, queues: QueueService): AwsApi {
  const { recording, authorize, now, log } = context;
  const guardKey = createKeyGuard({ ...context, service: "sns", denial: { code: "KMSAccessDenied", status: 400 } });

  function requireTopic(action: string, topicArn: string | null, { principal }: AwsCall): Topic {
    const topic = declaredTopics(recording).find(({ arn }) => arn === topicArn);
    if (!topic) throw new AwsError("NotFound", 404, "Topic does not exist");
    const request = { principal, action, resource: topic.arn, context: {}, resourcePolicy: topic.policy };
    requireAccess(authorize, request, denial);
    return topic;
  }

  function deliver(topic: Topic, subscription: Subscription, publication: Publication, messageId: string): void {
    const { endpoint, protocol, raw, undelivered } = subscription;
    const source = { service: "sns.amazonaws.com", sourceArn: topic.arn };
    try {
      if (undelivered) throw new AwsError("NotImplemented", 501, undelivered);
      const message = publication.messageFor(protocol);
      if (raw) queues.deliver(endpoint, message, source, publication.attributes);
      else queues.deliver(endpoint, envelope(topic, publication, message, messageId, now()), source);
    } catch (error) {
      // The publisher is told of its own faults only, as by SNS.
      if (!(error instanceof AwsError)) throw error;
      log(`sns: message ${messageId} is not delivered to ${endpoint}: ${error.message}`);
    }
  }

  const publish: QueryOperation = async (parameters, call) => {
    if (parameters.has("PhoneNumber"))
      throw new AwsError("NotImplemented", 501, "The local SNS sends no text messages.");
    const topic = requireTopic("sns:Publish", parameters.get("TopicArn") ?? parameters.get("TargetArn"), call);
    const encrypted = { kmsKey: topic.kmsKey, encryptionContext: { "aws:sns:topicArn": topic.arn } };
    guardKey(call.principal, encrypted, "kms:GenerateDataKey", "kms:Decrypt");
    const publication = readPublication(parameters);
    const MessageId = randomUUID();
    for (const subscription of topic.subscriptions) deliver(topic, subscription, publication, MessageId);
    return { MessageId };
  };

  const listTopics: QueryOperation = async (_parameters, { principal }) => {
    requireAccess(authorize, { principal, action: "sns:ListTopics", resource: "*", context: {} }, denial);
    return { Topics: declaredTopics(recording).map(({ arn }) => ({ TopicArn: arn })) };
  };

  const getTopicAttributes: QueryOperation = async (parameters, call) => {
    const topic = requireTopic("sns:GetTopicAttributes", parameters.get("TopicArn"), call);
    const attributes = new Map([
      ["TopicArn", topic.arn],
      ["Owner", recording.accountId],
      ["DisplayName", topic.displayName],
      ["SubscriptionsConfirmed", String(topic.subscriptions.length)],
    ]);
    if (topic.policy) attributes.set("Policy", JSON.stringify(topic.policy));
    return { Attributes: attributes };
  };

  return queryApi({
    service: "sns",
    xmlns: "http://sns.amazonaws.com/doc/2010-03-31/",
    operations: { Publish: publish, ListTopics: listTopics, GetTopicAttributes: getTopicAttributes },
  });
}

function envelope(
  topic: Topic,
  { subject, attributes }: Publication,
  message: string,
  messageId: string,
  at: Date,
): string {
  const carried = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
    return [name, { Type: DataType, Value: StringValue ?? BinaryValue }];
  });
  return JSON.stringify({
    Type: "Notification",
    MessageId: messageId,
    TopicArn: topic.arn,
    ...(subject !== undefined && { Subject: subject }),
    Message: message,
    Timestamp: at.toISOString(),
    ...(carried.length > 0 && { MessageAttributes: Object.fromEntries(carried) }),
  });
}
