import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { alarmTopicPolicy } from "../policies/alarm-topic.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface AlarmTopicArgs {
  account: Account;
  /** Of the topic's region. */
  key: EncryptionKey;
  /** Another than the stack's. */
  region?: string;
  /** Who is told; each must confirm first. */
  emails: readonly string[];
}

/** An alarm as one says it: what is measured, and above what it is too much. */
export interface Alarm {
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** `Sum`, `Maximum`, `Average`, or a percentile such as `p99`. */
  readonly statistic: string;
  readonly above: number;
  /** For so many minutes, each above. */
  readonly minutes: number;
}

/** Where the alarms of one region go: CloudWatch tells only topics of its own. */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly #region: { region?: string };
  readonly #topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:operations:AlarmTopic", name, {}, opts);
    const child = { parent: this };
    this.#region = args.region === undefined ? {} : { region: args.region };
    const topic = new aws.sns.Topic(
      name,
      { ...this.#region, displayName: "Latchkey alarms", kmsMasterKeyId: args.key.arn },
      child,
    );
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        ...this.#region,
        arn: topic.arn,
        policy: pulumi.jsonStringify(
          pulumi.output({ topicArn: topic.arn, accountId: args.account.id }).apply(alarmTopicPolicy),
        ),
      },
      child,
    );
    for (const email of args.emails) {
      new aws.sns.TopicSubscription(
        `${name}-${email}`,
        { ...this.#region, topic: topic.arn, protocol: "email", endpoint: email },
        child,
      );
    }
    this.#topicArn = topic.arn;
    this.registerOutputs({ topicArn: topic.arn });
  }

  /** Tells of an alarm when it begins and when it is over. */
  watch(name: string, alarm: Alarm): void {
    const { description, above, minutes, statistic, ...metric } = alarm;
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        ...this.#region,
        ...metric,
        ...(statistic.startsWith("p") ? { extendedStatistic: statistic } : { statistic }),
        alarmDescription: description,
        comparisonOperator: "GreaterThanThreshold",
        threshold: above,
        period: 60,
        evaluationPeriods: minutes,
        // No requests are no trouble.
        treatMissingData: "notBreaching",
        alarmActions: [this.#topicArn],
        okActions: [this.#topicArn],
      },
      { parent: this },
    );
  }
}
