import { setTimeout as delay } from "node:timers/promises";
import type { Account } from "../iam/account.ts";
import type { AccessDecision } from "../iam/types.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { declaredSchedule, type Schedule } from "./declared-schedule.ts";

export interface SchedulerOptions {
  readonly recording: Recording;
  readonly account: Pick<Account, "accountId" | "authorize" | "findRole" | "sessionFor">;
  /** Runs a declared function; rejects when it fails. */
  readonly run: (declared: RecordedResource, payload: string) => Promise<string>;
  readonly log: (line: string) => void;
  /** Resolves after so many milliseconds; rejects once the signal is given. For tests, which don't wait for an hour. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Scheduler {
  /** Begins nothing more. What runs is ended with its function. */
  close(): void;
}

const waitFor = (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal, ref: false });

/** Runs the schedules that the program declares, each as the role that it names; the first time after one period. */
export function startScheduler({ recording, account, run, log, wait = waitFor }: SchedulerOptions): Scheduler {
  const stopping = new AbortController();

  /** Once; like the service, it does not care what the function makes of it. */
  async function fire({ name, sourceArn, functionArn, roleArn, input }: Schedule): Promise<void> {
    require(name, mayTakeOn(roleArn, sourceArn));
    const { principal } = account.sessionFor(roleArn);
    const request = { principal, action: "lambda:InvokeFunction", resource: functionArn, context: {} };
    require(name, account.authorize(request));
    const target = resourcesOf(recording, "aws:lambda/function:Function").find(
      ({ outputs }) => outputs.arn === functionArn,
    );
    if (!target) throw new Error(`the program declares no function ${functionArn}`);
    await run(target, input);
  }

  function mayTakeOn(roleArn: string, sourceArn: string): AccessDecision {
    const { accountId } = account;
    return account.authorize({
      principal: { kind: "service", service: "scheduler.amazonaws.com", sourceArn, accountId },
      action: "sts:AssumeRole",
      resource: roleArn,
      context: {},
      resourcePolicy: account.findRole(roleArn)?.trust,
      resourcePolicyMustAllow: true,
    });
  }

  async function keepFiring(schedule: Schedule): Promise<void> {
    for (;;) {
      await wait(schedule.everyMs, stopping.signal);
      await fire(schedule).catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        log(`scheduler: ${schedule.name} failed: ${error instanceof Error ? error.message : error}`);
      });
    }
  }

  const schedules = resourcesOf(recording, "aws:scheduler/schedule:Schedule").map((resource) =>
    declaredSchedule(resource, recording),
  );
  for (const schedule of schedules.filter(({ enabled }) => enabled)) {
    keepFiring(schedule).catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    });
  }
  return { close: () => stopping.abort() };
}

function require(name: string, { allowed, reason }: AccessDecision): void {
  if (!allowed) throw new Error(`the role of ${name} may not do this: ${reason}`);
}
