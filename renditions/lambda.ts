import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";
import { emptyScratch } from "./scratch.ts";

emptyScratch();

/** What Lambda calls with a batch of the queue's messages. */
export const handler = compose(parseConfig(process.env), (entry) => {
  // Not by console.log, which Lambda wraps into JSON of its own: the entry would become text within it.
  process.stdout.write(`${JSON.stringify(entry)}\n`);
});
