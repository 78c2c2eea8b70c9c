import { randomUUID } from "node:crypto";
import { parse } from "../parse.ts";
import type { Queue } from "./declared-queues.ts";
import { MessageAttributes } from "./message-attributes.ts";
import { type MessageRow, type MessageTable, openMessageTable } from "./message-table.ts";
import { newNonce, type Receipt } from "./receipt-handle.ts";

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** The unique id of who sent it, or the name of an AWS service. */
  readonly senderId: string;
  readonly traceHeader?: string | undefined;
  /** Seconds before it can be received; the queue's when left out. */
  readonly delay?: number | undefined;
}

export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly senderId: string;
  readonly traceHeader: string | undefined;
  /** The queue that gave it up as a dead letter. */
  readonly deadLetterSourceArn: string | undefined;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receives: number;
  readonly receipt: Receipt;
}

/** The messages of every queue, on disk before they are acknowledged. Times are in milliseconds of the epoch. */
export class MessageStore {
  readonly #table: MessageTable;

  constructor(dataDir: string) {
    this.#table = openMessageTable(dataDir);
  }

  /** Answers the message's id. */
  send(queue: Queue, message: NewMessage, now: number): string {
    const id = randomUUID();
    const { body, attributes, senderId, traceHeader = null, delay = queue.delay } = message;
    const expiresAt = now + queue.retention * 1000;
    const visibleAt = now + delay * 1000;
    this.#table.insert(
      id,
      queue.arn,
      body,
      JSON.stringify(attributes),
      senderId,
      traceHeader,
      now,
      expiresAt,
      visibleAt,
    );
    return id;
  }

  /** Moves what is in sight but has been received too often to the dead-letter queue; answers whether there was any. */
  giveUp(queue: Queue, deadLetters: Queue, now: number): boolean {
    const limit = queue.redrive?.maxReceiveCount ?? Number.MAX_SAFE_INTEGER;
    return this.#table.giveUp(deadLetters.arn, deadLetters.retention * 1000, now, queue.arn, now, limit) > 0;
  }

  /** Takes up to `limit` messages out of sight for `visibility` seconds. */
  receive(queue: Queue, { limit, visibility }: { limit: number; visibility: number }, now: number): StoredMessage[] {
    return this.#table.transaction(() => {
      this.#table.expire(queue.arn, now);
      return this.#table.due(queue.arn, now, limit).map((row) => {
        const nonce = newNonce();
        this.#table.take(now + visibility * 1000, nonce, now, row.id);
        return received(row, nonce, now);
      });
    });
  }

  /** Deletes by the last receipt of a message; an older one, or one that is gone already, changes nothing. */
  delete(queueArn: string, { messageId, nonce }: Receipt): void {
    this.#table.settle(queueArn, messageId, nonce);
  }

  changeVisibility(
    queueArn: string,
    receipt: Receipt,
    seconds: number,
    now: number,
  ): "changed" | "absent" | "not-in-flight" {
    const [found] = this.#table.hold(queueArn, receipt.messageId);
    if (!found) return "absent";
    if (found.nonce !== receipt.nonce || found.visible_at <= now) return "not-in-flight";
    this.#table.hide(now + seconds * 1000, receipt.messageId);
    return "changed";
  }

  releaseAll(queueArn: string, now: number): void {
    this.#table.releaseAll(now, queueArn, now);
  }

  /** When the next message comes into sight. */
  nextVisibleAt(queueArn: string): number | undefined {
    return this.#table.next(queueArn)[0]?.at ?? undefined;
  }

  count(queueArn: string, now: number): { visible: number; inFlight: number; delayed: number } {
    this.#table.expire(queueArn, now);
    const [counts] = this.#table.count(now, now, now, queueArn);
    return { visible: counts?.visible ?? 0, inFlight: counts?.in_flight ?? 0, delayed: counts?.delayed ?? 0 };
  }

  purge(queueArn: string): void {
    this.#table.purge(queueArn);
  }

  /** Sends each dead letter to where `destinationOf` says by the queue that it came from, as a new message; answers how many. */
  redrive(
    deadLetterArn: string,
    destinationOf: (sourceArn: string | undefined) => Queue | undefined,
    now: number,
  ): number {
    return this.#table.transaction(() => {
      let moved = 0;
      for (const row of this.#table.all(deadLetterArn)) {
        const destination = destinationOf(row.source_arn ?? undefined);
        if (!destination) continue;
        this.#table.remove(row.id);
        this.send(
          destination,
          {
            body: row.body,
            attributes: readAttributes(row),
            senderId: row.sender_id,
            traceHeader: row.trace_header ?? undefined,
          },
          now,
        );
        moved += 1;
      }
      return moved;
    });
  }

  close(): void {
    this.#table.close();
  }
}

function received(row: MessageRow, nonce: string, now: number): StoredMessage {
  return {
    id: row.id,
    body: row.body,
    attributes: readAttributes(row),
    senderId: row.sender_id,
    traceHeader: row.trace_header ?? undefined,
    deadLetterSourceArn: row.source_arn ?? undefined,
    sentAt: row.sent_at,
    firstReceivedAt: row.first_received_at ?? now,
    receives: row.receives + 1,
    receipt: { messageId: row.id, nonce },
  };
}

function readAttributes(row: MessageRow): MessageAttributes {
  return parse(
    MessageAttributes,
    JSON.parse(row.attributes),
    (fault) => new Error(`message ${row.id}: attributes ${fault}`),
  );
}
