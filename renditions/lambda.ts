import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";

/** What Lambda calls with a batch of the queue's messages. */
export const handler = compose(parseConfig(process.env), (entry) => console.log(JSON.stringify(entry)));
