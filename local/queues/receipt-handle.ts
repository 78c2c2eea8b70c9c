import { randomBytes } from "node:crypto";

/** Which receive of which message a client holds: a later receive makes an earlier handle void. */
export interface Receipt {
  readonly messageId: string;
  readonly nonce: string;
}

export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

export function formatReceiptHandle({ messageId, nonce }: Receipt): string {
  return Buffer.from(`${messageId} ${nonce}`).toString("base64");
}

/** Undefined for what no receive has ever answered. */
export function parseReceiptHandle(handle: string): Receipt | undefined {
  const match = /^([0-9a-f-]{36}) ([0-9a-f]{32})$/.exec(Buffer.from(handle, "base64").toString());
  return match?.[1] && match[2] ? { messageId: match[1], nonce: match[2] } : undefined;
}
