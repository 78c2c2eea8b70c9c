import Type from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";

const ScheduleInputs = Type.Object({
  endDate: Type.Optional(Type.Never()),
  startDate: Type.Optional(Type.Never()),
  flexibleTimeWindow: Type.Object({ mode: Type.Literal("OFF") }),
  groupName: Type.String(),
  // Neither cron(…) nor at(…): whoever declares one must not believe that it runs here.
  scheduleExpression: Type.String({ pattern: "^rate\\([1-9]\\d{0,5} (minutes?|hours?|days?)\\)$" }),
  actionAfterCompletion: Type.Optional(Type.Never()),
  state: Type.Optional(Type.Enum(["ENABLED", "DISABLED"])),
  target: Type.Object({
    arn: Type.String({ pattern: "^arn:aws:lambda:" }),
    roleArn: Type.String(),
    input: Type.Optional(Type.String()),
    deadLetterConfig: Type.Optional(Type.Never()),
    retryPolicy: Type.Optional(Type.Object({})),
  }),
});

export interface Schedule {
  readonly name: string;
  /** Of its group, which is what the service says of itself when it takes on the role. */
  readonly sourceArn: string;
  readonly everyMs: number;
  readonly enabled: boolean;
  readonly functionArn: string;
  readonly roleArn: string;
  /** JSON. */
  readonly input: string;
}

const minuteMs = 60_000;
const unitsMs: Readonly<Record<string, number>> = { minute: minuteMs, hour: 60 * minuteMs, day: 1440 * minuteMs };

/** What a timer takes; a longer one would go off at once. */
const longestMs = 24 * 1440 * minuteMs;

/** Throws an Error that names the resource and what of it cannot be honoured. */
export function declaredSchedule(resource: RecordedResource, recording: Recording): Schedule {
  const { groupName, scheduleExpression, state, target } = parseInputs(ScheduleInputs, resource);
  const group = resourcesOf(recording, "aws:scheduler/scheduleGroup:ScheduleGroup").find(({ id }) => id === groupName);
  if (!group) throw new Error(`${resource.type} ${resource.name}: the program declares no group ${groupName}`);
  const [, count = "", unit = ""] = /^rate\((\d+) (minute|hour|day)/.exec(scheduleExpression) ?? [];
  const everyMs = Number(count) * (unitsMs[unit] ?? Number.NaN);
  if (everyMs > longestMs) {
    throw new Error(
      `${resource.type} ${resource.name}: ${scheduleExpression} is longer than the 24 days that run here`,
    );
  }
  return {
    name: resource.name,
    sourceArn: String(group.outputs.arn),
    everyMs,
    enabled: state !== "DISABLED",
    functionArn: target.arn,
    roleArn: target.roleArn,
    input: target.input ?? "{}",
  };
}
