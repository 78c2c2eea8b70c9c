import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type InspectedBody, noBody } from "../firewall/request.ts";

export interface PeekedBody {
  readonly inspected: InspectedBody;
  /** The whole body, what was looked at included. */
  readonly body: Readable;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Looks at the first bytes of a body without losing them for the origin. */
export async function peekBody(message: IncomingMessage, bytes: number): Promise<PeekedBody> {
  if (bytes === 0) return { inspected: noBody, body: message };
  const seen: Buffer[] = [];
  let length = 0;
  const chunks: AsyncIterator<Buffer> = message[Symbol.asyncIterator]();
  while (length <= bytes) {
    const { value, done } = await chunks.next();
    if (done) break;
    seen.push(value);
    length += value.length;
  }
  const text = Buffer.concat(seen).subarray(0, bytes).toString("latin1");
  return {
    inspected: { text, truncated: length > bytes },
    body: Readable.from(joined(seen, chunks), { objectMode: false }),
  };
}

async function* joined(seen: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* seen;
  yield* { [Symbol.asyncIterator]: () => rest };
}
