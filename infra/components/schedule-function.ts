import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { invokePolicy } from "../policies/schedule.ts";
import { trustSchedules } from "../policies/trust.ts";
import { ServiceRole } from "./service-role.ts";

export interface FunctionScheduleArgs {
  account: Account;
  functionArn: pulumi.Input<string>;
  /** Between one run and the next. */
  minutes: number;
  /** JSON. */
  input: string;
  boundaryArn: pulumi.Input<string>;
}

/** Runs a function again and again, by a schedule in a group of its own and a role that may do no more. */
export function scheduleFunction(name: string, args: FunctionScheduleArgs, opts: pulumi.CustomResourceOptions): void {
  const { account, functionArn, minutes, input, boundaryArn } = args;
  const group = new aws.scheduler.ScheduleGroup(`${name}-group`, {}, opts);
  const caller = new ServiceRole(
    `${name}-schedule-role`,
    {
      trust: pulumi.output({ groupArn: group.arn, accountId: account.id }).apply(trustSchedules),
      policy: pulumi.jsonStringify(pulumi.output(functionArn).apply(invokePolicy)),
      boundaryArn,
    },
    opts,
  );
  new aws.scheduler.Schedule(
    `${name}-schedule`,
    {
      groupName: group.name,
      scheduleExpression: `rate(${minutes} minute${minutes === 1 ? "" : "s"})`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: functionArn,
        roleArn: caller.arn,
        input,
        // The next run comes soon enough.
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
      },
    },
    opts,
  );
}
