import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listen } from "../../../local/listen.ts";
import type { RunningService } from "../../../local/service.ts";

/**
 * What becomes of an upload: `cut` drops the connection in the middle of the body, `lose-answer` once S3 has taken all of it,
 * `stall` takes nothing and says nothing,
 * `garble` changes the bytes, `expire` the day of the signature, and `busy` is S3's own way to ask for patience.
 */
export type Mishap = "cut" | "lose-answer" | "stall" | "garble" | "expire" | "busy";

export interface UnreliableProxy extends RunningService {
  /** What befalls the next uploads, in order; after those, all goes well. */
  readonly mishaps: Mishap[];
  /** How many uploads were tried. */
  readonly uploads: number;
}

/** Stands before S3 on the way, and forwards what it gets, under the name that it was signed for. */
export async function startUnreliableProxy(s3: string): Promise<UnreliableProxy> {
  const { hostname, port, host } = new URL(s3);
  const mishaps: Mishap[] = [];
  let uploads = 0;

  const server = createServer((incoming, outgoing) => {
    const isUpload = incoming.method === "PUT";
    if (isUpload) uploads += 1;
    const mishap = isUpload ? mishaps.shift() : undefined;
    if (mishap === "stall") return void incoming.pause();
    if (mishap === "busy") return void answerBusy(incoming, outgoing);
    const path = mishap === "expire" ? aged(incoming.url ?? "") : incoming.url;
    const { method, headers } = incoming;
    const upstream = request({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      if (mishap === "lose-answer") return void answer.resume().on("end", () => outgoing.destroy());
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => outgoing.destroy());
    if (mishap === "cut") cutInTheMiddle(incoming, () => upstream.destroy());
    if (mishap === "garble") incoming.on("data", (chunk: Buffer) => chunk.reverse());
    incoming.pipe(upstream);
  });
  return {
    ...(await listen(server, { port: 0, host: "127.0.0.1" })),
    mishaps,
    get uploads() {
      return uploads;
    },
  };
}

function cutInTheMiddle(incoming: IncomingMessage, cut: () => void): void {
  const half = Number(incoming.headers["content-length"]) / 2;
  let arrived = 0;
  incoming.on("data", (chunk: Buffer) => {
    arrived += chunk.length;
    if (arrived >= half) cut();
  });
}

function aged(url: string): string {
  return url.replace(/(?<before>X-Amz-Date=|X-Amz-Credential=[^%&]+%2F)\d{8}/g, "$<before>20200101");
}

function answerBusy(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume().on("end", () => {
    outgoing.writeHead(503, { "content-type": "application/xml" });
    outgoing.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
  });
}
