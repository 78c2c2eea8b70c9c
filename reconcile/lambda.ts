import Type from "typebox";
import { Value } from "typebox/value";
import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";
import type { Report } from "./report.ts";

const Event = Type.Object({ dryRun: Type.Optional(Type.Boolean()) }, { additionalProperties: false });

/** What is under way when time is up still takes seconds. */
const reserveMs = 30_000;

const reconcile = compose(parseConfig(process.env), (entry) => {
  // Not by console.log, which Lambda wraps into JSON of its own: the entry would become text within it.
  process.stdout.write(`${JSON.stringify(entry)}\n`);
});

/** What Lambda calls, on schedule with `{}` and by hand with `{"dryRun": true}` too; answers the report. */
export async function handler(event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<Report> {
  if (!Value.Check(Event, event)) {
    throw new TypeError(`The event must be {} or {"dryRun": true}; it is ${JSON.stringify(event)?.slice(0, 200)}`);
  }
  const deadline = new Date(Date.now() + context.getRemainingTimeInMillis() - reserveMs);
  return reconcile({ dryRun: event.dryRun ?? false, deadline });
}
