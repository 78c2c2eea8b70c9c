import type { IncomingMessage } from "node:http";
import { AwsError } from "./protocols.ts";

/** The whole body; throws `RequestEntityTooLargeException` before more than `maxBytes` are held. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new AwsError("RequestEntityTooLargeException", 413, `The request body is longer than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
