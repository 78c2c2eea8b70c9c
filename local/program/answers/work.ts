import { type Answers, arn, characters, lowerCase, physicalName, placeOf, text, uuid } from "./answer.ts";

/** Functions, queues, topics and logs. `aws:lambda/invocation:Invocation` is the provider's own: it runs the function. */
export const workAnswers: Answers = {
  "aws:cloudwatch/logGroup:LogGroup": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(placeOf(declared, place), "logs", `log-group:${name}`) } };
  },
  "aws:cfg/rule:Rule": (declared, place) => {
    const name = physicalName(declared);
    const ruleId = `config-rule-${characters(declared, 6, lowerCase)}`;
    return {
      id: name,
      outputs: { name, ruleId, arn: arn(placeOf(declared, place), "config", `config-rule/${ruleId}`) },
    };
  },
  "aws:cloudtrail/trail:Trail": (declared, place) => {
    const id = arn(place, "cloudtrail", `trail/${physicalName(declared)}`);
    return { id, outputs: { arn: id } };
  },
  "aws:cloudwatch/dashboard:Dashboard": (declared) => ({ id: text(declared, "dashboardName") }),
  "aws:cloudwatch/logDelivery:LogDelivery": (declared) => ({ id: uuid(declared) }),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(placeOf(declared, place), "logs", `delivery-destination:${name}`) } };
  },
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(placeOf(declared, place), "logs", `delivery-source:${name}`) } };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(placeOf(declared, place), "cloudwatch", `alarm:${name}`) } };
  },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": (declared) => ({ id: text(declared, "policyName") }),

  "aws:lambda/eventSourceMapping:EventSourceMapping": (declared) => {
    const id = uuid(declared);
    return { id, outputs: { uuid: id } };
  },
  "aws:lambda/function:Function": (declared, place) => {
    const name = physicalName(declared);
    const functionArn = arn(place, "lambda", `function:${name}`);
    const invokeArn = `arn:aws:apigateway:${place.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
    return { id: name, outputs: { name, arn: functionArn, invokeArn, version: "$LATEST" } };
  },
  "aws:lambda/layerVersion:LayerVersion": (declared, place) => {
    const layerArn = arn(place, "lambda", `layer:${text(declared, "layerName")}`);
    return { id: `${layerArn}:1`, outputs: { arn: `${layerArn}:1`, layerArn, version: "1" } };
  },

  "aws:lambda/permission:Permission": (declared) => ({ id: physicalName(declared, "statementId") }),

  "aws:scheduler/schedule:Schedule": (declared, place) => {
    const name = physicalName(declared);
    const group = text(declared, "groupName");
    return { id: `${group}/${name}`, outputs: { name, arn: arn(place, "scheduler", `schedule/${group}/${name}`) } };
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": (declared, place) => {
    const name = physicalName(declared);
    return { id: name, outputs: { name, arn: arn(place, "scheduler", `schedule-group/${name}`) } };
  },

  "aws:sns/topic:Topic": (declared, place) => {
    const name = physicalName(declared);
    const id = arn(placeOf(declared, place), "sns", name);
    return { id, outputs: { name, arn: id } };
  },
  "aws:sns/topicSubscription:TopicSubscription": (declared) => {
    const id = `${text(declared, "topic")}:${uuid(declared)}`;
    return { id, outputs: { arn: id } };
  },
  "aws:sns/topicPolicy:TopicPolicy": (declared) => ({ id: text(declared, "arn") }),

  "aws:sqs/queue:Queue": (declared, place) => {
    const name = physicalName(declared);
    const url = `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${name}`;
    return { id: url, outputs: { name, url, arn: arn(place, "sqs", name) } };
  },
  "aws:sqs/queuePolicy:QueuePolicy": (declared) => ({ id: text(declared, "queueUrl") }),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": (declared) => ({ id: text(declared, "queueUrl") }),
};
