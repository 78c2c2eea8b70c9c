import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface WatchedFunction {
  name: pulumi.Input<string>;
  slowSeconds: number;
  /** Runs by the clock: what goes wrong does so in one minute of an hour or a month, and never in several on end. */
  scheduled?: boolean;
}

export interface ObservabilityArgs {
  account: Account;
  key: EncryptionKey;
  /** In us-east-1. */
  edgeKey: EncryptionKey;
  /** The functions that answer or work, by what they do, and how many seconds the slowest hundredth may take. */
  functions: Readonly<Record<string, WatchedFunction>>;
  /** What the worker takes its messages from, by what they tell of, and where those go that it could not take. */
  queueUrls: Readonly<Record<string, pulumi.Output<string>>>;
  deadLetterQueueUrl: pulumi.Output<string>;
  /** By what they serve. */
  distributions: Readonly<Record<string, pulumi.Input<string>>>;
  /** The web ACL's name in its metrics. */
  webAclMetric: string;
  alarmEmails: readonly string[];
}

/** CloudFront and its web ACL have their metrics here, and so their alarms. */
const edgeRegion = "us-east-1";

type Metric = readonly [namespace: string, metric: string, ...dimensions: pulumi.Input<string>[]];

/** What tells people that something is wrong, and where they then look: alarms in both regions, and a dashboard. */
export class Observability extends pulumi.ComponentResource {
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:operations:Observability", name, {}, opts);
    const child = { parent: this };
    const { account, alarmEmails: emails } = args;
    const home = new AlarmTopic(`${name}-alarms`, { account, key: args.key, emails }, child);
    const edge = new AlarmTopic(
      `${name}-edge-alarms`,
      { account, key: args.edgeKey, region: edgeRegion, emails },
      child,
    );
    watchFunctions(name, home, args);
    watchQueues(name, home, args);
    watchEdge(name, edge, args);

    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: `${name}-${pulumi.getStack()}`,
        dashboardBody: pulumi.jsonStringify({ widgets: widgets(args) }),
      },
      child,
    );
    this.dashboardUrl = pulumi.interpolate`https://${account.region}.console.aws.amazon.com/cloudwatch/home?region=${account.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ dashboardUrl: this.dashboardUrl });
  }
}

function watchFunctions(name: string, topic: AlarmTopic, { functions }: ObservabilityArgs): void {
  for (const [role, { name: FunctionName, slowSeconds, scheduled = false }] of Object.entries(functions)) {
    const metric = { namespace: "AWS/Lambda", dimensions: { FunctionName } };
    topic.watch(`${name}-${role}-errors`, {
      ...metric,
      description: `The function ${role} fails; its log says why`,
      metricName: "Errors",
      statistic: "Sum",
      above: 0,
      minutes: 1,
    });
    topic.watch(`${name}-${role}-throttles`, {
      ...metric,
      description: `The function ${role} is called more often at once than the account's concurrency lets it`,
      metricName: "Throttles",
      statistic: "Sum",
      above: 0,
      minutes: scheduled ? 1 : 3,
    });
    topic.watch(`${name}-${role}-slow`, {
      ...metric,
      description: `A hundredth of the calls of ${role} take longer than ${slowSeconds} s`,
      metricName: "Duration",
      statistic: "p99",
      above: slowSeconds * 1000,
      minutes: scheduled ? 1 : 5,
    });
  }
}

function watchQueues(name: string, topic: AlarmTopic, { queueUrls, deadLetterQueueUrl }: ObservabilityArgs): void {
  topic.watch(`${name}-dead-letters`, {
    description: "What the worker could not do waits in the dead-letter queue; send it back once the worker can",
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: nameOf(deadLetterQueueUrl) },
    statistic: "Maximum",
    above: 0,
    minutes: 1,
  });
  for (const [what, url] of Object.entries(queueUrls)) {
    topic.watch(`${name}-${what}-age`, {
      description: `The queue of ${what} has kept a message waiting for the worker for a quarter of an hour`,
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: nameOf(url) },
      statistic: "Maximum",
      above: 900,
      minutes: 5,
    });
  }
}

function watchEdge(name: string, topic: AlarmTopic, { distributions, webAclMetric }: ObservabilityArgs): void {
  for (const [what, DistributionId] of Object.entries(distributions)) {
    topic.watch(`${name}-${what}-5xx`, {
      description: `More than a hundredth of the answers of the ${what} distribution are errors of ours`,
      namespace: "AWS/CloudFront",
      metricName: "5xxErrorRate",
      dimensions: { DistributionId, Region: "Global" },
      statistic: "Average",
      above: 1,
      minutes: 5,
    });
  }
  topic.watch(`${name}-blocked`, {
    description: "The web ACL turns many requests away: an attack, or a rule that is wrong",
    namespace: "AWS/WAFV2",
    metricName: "BlockedRequests",
    dimensions: { WebACL: webAclMetric, Rule: "ALL" },
    statistic: "Sum",
    above: 1000,
    minutes: 5,
  });
}

/** In the order in which a request passes: edge, functions, queue. */
function widgets(args: ObservabilityArgs) {
  const { account, functions, distributions, webAclMetric } = args;
  const distributionMetric = (metric: string): Metric[] =>
    Object.values(distributions).map((id) => ["AWS/CloudFront", metric, "DistributionId", id, "Region", "Global"]);
  const functionMetric = (metric: string): Metric[] =>
    Object.values(functions).map((each) => ["AWS/Lambda", metric, "FunctionName", each.name]);
  return [
    graph("Requests at the edge", edgeRegion, "Sum", distributionMetric("Requests")),
    graph("Errors at the edge, %", edgeRegion, "Average", distributionMetric("5xxErrorRate")),
    graph("Turned away by the web ACL", edgeRegion, "Sum", [
      ["AWS/WAFV2", "BlockedRequests", "WebACL", webAclMetric, "Rule", "ALL"],
    ]),
    graph("Calls of functions", account.region, "Sum", functionMetric("Invocations")),
    graph("Failed calls", account.region, "Sum", functionMetric("Errors")),
    graph("The slowest hundredth, ms", account.region, "p99", functionMetric("Duration")),
    graph(
      "Messages that wait",
      account.region,
      "Maximum",
      [...Object.values(args.queueUrls), args.deadLetterQueueUrl].map((url) => [
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "QueueName",
        nameOf(url),
      ]),
    ),
  ];
}

function nameOf(queueUrl: pulumi.Output<string>): pulumi.Output<string> {
  return queueUrl.apply((url) => url.slice(url.lastIndexOf("/") + 1));
}

function graph(title: string, region: pulumi.Input<string>, stat: string, metrics: Metric[]) {
  return { type: "metric", width: 8, height: 6, properties: { title, region, stat, period: 300, metrics } };
}
