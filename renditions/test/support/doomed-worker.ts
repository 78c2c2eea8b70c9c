import { subscribe } from "node:diagnostics_channel";
import { compose } from "../../compose.ts";
import { parseConfig } from "../../config.ts";
import type { SqsEvent } from "../../handle-batch.ts";

/*
 * The worker in a process of its own, which takes one event and is killed as soon as so many of its requests to AWS have been
 * answered: AWS has done what it was asked for, and nobody here knows.
 */

let left = Number(process.argv[2]);

subscribe("http.client.response.finish", () => {
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
});

const handler = compose(parseConfig(process.env), () => {});
process.once("message", async (event: SqsEvent) => {
  process.send?.(await handler(event), () => process.disconnect());
});
