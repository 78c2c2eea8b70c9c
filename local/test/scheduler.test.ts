import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { type SchedulerOptions, startScheduler } from "../scheduler/scheduler.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { recordedRole, roleArn, startTestAccount } from "./support/test-account.ts";
import { functionArn, recordedFunction } from "./support/test-function.ts";
import { until } from "./support/until.ts";

const groupArn = "arn:aws:scheduler:eu-central-1:000000000000:schedule-group/jobs";
const group = recorded("aws:scheduler/scheduleGroup:ScheduleGroup", "jobs", {}, { id: "jobs", arn: groupArn });
const job = recordedFunction("job", "exports.handler = async () => 1;");
const mayRun = [{ Effect: "Allow" as const, Action: "lambda:InvokeFunction", Resource: functionArn("job") }];

function schedule(inputs: object = {}, role = "caller"): RecordedResource {
  return recorded("aws:scheduler/schedule:Schedule", "hourly", {
    groupName: "jobs",
    scheduleExpression: "rate(1 hour)",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: functionArn("job"), roleArn: roleArn(role), input: '{"dryRun":true}' },
    ...inputs,
  });
}

describe("The local scheduler", () => {
  /** Starts it on an account of its own, with an hour that is over at once. */
  async function start(resources: readonly RecordedResource[]) {
    const ran: string[] = [];
    const waited: number[] = [];
    const recording = recordingOf(job, group, ...resources);
    const test = await startTestAccount(recording, async () => []);
    const logged: string[] = [];
    let waits = 0;
    const options: SchedulerOptions = {
      recording,
      account: test.account,
      run: async ({ name }, payload) => {
        ran.push(`${name} ${payload}`);
        return "1";
      },
      log: (line) => logged.push(line),
      wait: (milliseconds, signal) => {
        waited.push(milliseconds);
        waits += 1;
        if (waits <= 3) return Promise.resolve();
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const scheduler = await (async () => startScheduler(options))().catch(async (error: unknown) => {
      await test.close();
      throw error;
    });
    return {
      ran,
      waited,
      logged,
      async close() {
        scheduler.close();
        await test.close();
      },
    };
  }

  it("runs the function with its input after each period, as the schedule's role", async () => {
    const test = await start([schedule(), ...recordedRole("caller", mayRun, "scheduler.amazonaws.com")]);
    await until(() => test.waited.length === 4);
    expect(test.ran).to.deep.equal(Array(3).fill('job {"dryRun":true}'));
    expect(new Set(test.waited)).to.deep.equal(new Set([3_600_000]));
    await test.close();
  });

  const refused: Readonly<Record<string, readonly RecordedResource[]>> = {
    "a role that may not run the function": recordedRole("caller", [], "scheduler.amazonaws.com"),
    "a role that does not trust the scheduler": recordedRole("caller", mayRun, "lambda.amazonaws.com"),
    "a role that nobody declares": [],
  };
  for (const [what, roles] of Object.entries(refused)) {
    it(`runs nothing by ${what}, and says so`, async () => {
      const test = await start([schedule(), ...roles]);
      await until(() => test.waited.length === 4);
      expect(test.ran).to.deep.equal([]);
      expect(test.logged).to.have.length(3);
      expect(test.logged[0]).to.match(/^scheduler: hourly failed: /);
      await test.close();
    });
  }

  it("leaves a schedule alone that is disabled", async () => {
    const test = await start([schedule({ state: "DISABLED" }), ...recordedRole("caller", mayRun)]);
    expect(test.waited).to.deep.equal([]);
    await test.close();
  });

  for (const scheduleExpression of [
    "cron(0 3 * * ? *)",
    "at(2030-01-01T00:00:00)",
    "rate(0 minutes)",
    "rate(25 days)",
  ]) {
    it(`refuses ${scheduleExpression} by name, rather than never run it`, async () => {
      const error = await start([schedule({ scheduleExpression })]).catch((caught: unknown) => caught);
      expect(error).to.be.an.instanceOf(Error);
      expect(String(error))
        .to.include("hourly")
        .and.match(/scheduleExpression|longer than/);
    });
  }
});
