import { randomUUID } from "node:crypto";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { parse } from "../parse.ts";
import { SqliteDatabase } from "../sqlite-database.ts";
import type { Queue } from "./declared-queues.ts";
import { MessageAttributes } from "./message-attributes.ts";
import { newNonce, type Receipt } from "./receipt-handle.ts";

/*
 * A message whose `visible_at` lies ahead is in flight when it has a `nonce`, and delayed when it has none. `receives`
 * counts over all queues, `receives_here` since it came to this one.
 */
const schema = `
  CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, queue_arn TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, sender_id TEXT NOT NULL, trace_header TEXT, source_arn TEXT, sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, first_received_at INTEGER,
    receives INTEGER NOT NULL DEFAULT 0, receives_here INTEGER NOT NULL DEFAULT 0, nonce TEXT
  ) STRICT;
  CREATE INDEX messages_by_visibility ON messages (queue_arn, visible_at, sequence);
  CREATE INDEX messages_by_expiry ON messages (queue_arn, expires_at);
`;

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Row = Type.Object({
  id: Type.String(),
  body: Type.String(),
  attributes: Type.String(),
  sender_id: Type.String(),
  trace_header: nullable(Type.String()),
  source_arn: nullable(Type.String()),
  sent_at: Type.Number(),
  first_received_at: nullable(Type.Number()),
  receives: Type.Number(),
  receives_here: Type.Number(),
});
type Row = Static<typeof Row>;
const InFlight = Type.Object({ visible_at: Type.Number(), nonce: nullable(Type.String()) });
const Time = Type.Object({ at: nullable(Type.Number()) });
const Counts = Type.Object({ visible: Type.Number(), in_flight: Type.Number(), delayed: Type.Number() });

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
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(dataDir: string) {
    this.#database = new SqliteDatabase({ file: join(dataDir, "queues.sqlite"), schema, version: 1 });
    this.#statements = prepare(this.#database);
  }

  /** Answers the message's id. */
  send(queue: Queue, message: NewMessage, now: number): string {
    const id = randomUUID();
    const { body, attributes, senderId, traceHeader = null, delay = queue.delay } = message;
    const expiresAt = now + queue.retention * 1000;
    const visibleAt = now + delay * 1000;
    this.#statements.insert(
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

  /**
   * Takes up to `limit` messages out of sight for `visibility` seconds. A message that has been received too often goes
   * to `deadLetters` instead; `gaveUp` says whether one did.
   */
  receive(
    queue: Queue,
    deadLetters: Queue | undefined,
    { limit, visibility }: { limit: number; visibility: number },
    now: number,
  ): { messages: StoredMessage[]; gaveUp: boolean } {
    const { expire, due, giveUp, take } = this.#statements;
    const maxReceives = deadLetters && queue.redrive ? queue.redrive.maxReceiveCount : Number.POSITIVE_INFINITY;
    return this.#database.transaction(() => {
      expire(queue.arn, now);
      const messages: StoredMessage[] = [];
      let gaveUp = false;
      for (
        let rows = due(queue.arn, now, limit);
        rows.length > 0;
        rows = due(queue.arn, now, limit - messages.length)
      ) {
        for (const row of rows) {
          if (deadLetters && row.receives_here >= maxReceives) {
            giveUp(deadLetters.arn, queue.arn, row.sent_at + deadLetters.retention * 1000, now, row.id);
            gaveUp = true;
          } else {
            const nonce = newNonce();
            // Out of sight for a millisecond at least, lest this very receive take it again.
            take(now + Math.max(1, visibility * 1000), nonce, now, row.id);
            messages.push(received(row, nonce, now));
          }
        }
      }
      return { messages, gaveUp };
    });
  }

  /** Deletes by the last receipt of a message; an older one, or one that is gone already, changes nothing. */
  delete(queueArn: string, { messageId, nonce }: Receipt): void {
    this.#statements.remove(queueArn, messageId, nonce);
  }

  changeVisibility(
    queueArn: string,
    receipt: Receipt,
    seconds: number,
    now: number,
  ): "changed" | "absent" | "not-in-flight" {
    const [found] = this.#statements.find(queueArn, receipt.messageId);
    if (!found) return "absent";
    if (found.nonce !== receipt.nonce || found.visible_at <= now) return "not-in-flight";
    this.#statements.hide(now + seconds * 1000, receipt.messageId);
    return "changed";
  }

  /** When the next message comes into sight. */
  nextVisibleAt(queueArn: string): number | undefined {
    return this.#statements.next(queueArn)[0]?.at ?? undefined;
  }

  count(queueArn: string, now: number): { visible: number; inFlight: number; delayed: number } {
    this.#statements.expire(queueArn, now);
    const [counts] = this.#statements.count(now, now, now, queueArn);
    return { visible: counts?.visible ?? 0, inFlight: counts?.in_flight ?? 0, delayed: counts?.delayed ?? 0 };
  }

  purge(queueArn: string): void {
    this.#statements.purge(queueArn);
  }

  /** Sends each dead letter to where `destinationOf` says by the queue that it came from, as a new message; answers their number. */
  redrive(
    deadLetterArn: string,
    destinationOf: (sourceArn: string | undefined) => Queue | undefined,
    now: number,
  ): number {
    return this.#database.transaction(() => {
      let moved = 0;
      for (const row of this.#statements.all(deadLetterArn)) {
        const destination = destinationOf(row.source_arn ?? undefined);
        if (!destination) continue;
        this.#statements.discard(row.id);
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
        moved++;
      }
      return moved;
    });
  }

  close(): void {
    this.#database.close();
  }
}

function prepare(database: SqliteDatabase) {
  return {
    insert: database.command(
      `INSERT INTO messages (id, queue_arn, body, attributes, sender_id, trace_header, sent_at, expires_at, visible_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    due: database.query(
      "SELECT * FROM messages WHERE queue_arn = ? AND visible_at <= ? ORDER BY visible_at, sequence LIMIT ?",
      Row,
    ),
    take: database.command(
      `UPDATE messages SET visible_at = ?, nonce = ?, receives = receives + 1, receives_here = receives_here + 1,
       first_received_at = coalesce(first_received_at, ?) WHERE id = ?`,
    ),
    giveUp: database.command(
      `UPDATE messages SET queue_arn = ?, source_arn = ?, expires_at = ?, visible_at = ?, nonce = NULL, receives_here = 0
       WHERE id = ?`,
    ),
    remove: database.command("DELETE FROM messages WHERE queue_arn = ? AND id = ? AND nonce = ?"),
    discard: database.command("DELETE FROM messages WHERE id = ?"),
    expire: database.command("DELETE FROM messages WHERE queue_arn = ? AND expires_at <= ?"),
    purge: database.command("DELETE FROM messages WHERE queue_arn = ?"),
    find: database.query("SELECT visible_at, nonce FROM messages WHERE queue_arn = ? AND id = ?", InFlight),
    hide: database.command("UPDATE messages SET visible_at = ? WHERE id = ?"),
    next: database.query("SELECT min(visible_at) AS at FROM messages WHERE queue_arn = ?", Time),
    all: database.query("SELECT * FROM messages WHERE queue_arn = ? ORDER BY sequence", Row),
    count: database.query(
      `SELECT count(*) FILTER (WHERE visible_at <= ?) AS visible,
       count(*) FILTER (WHERE visible_at > ? AND nonce IS NOT NULL) AS in_flight,
       count(*) FILTER (WHERE visible_at > ? AND nonce IS NULL) AS delayed FROM messages WHERE queue_arn = ?`,
      Counts,
    ),
  };
}

function received(row: Row, nonce: string, now: number): StoredMessage {
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

function readAttributes(row: Row): MessageAttributes {
  return parse(
    MessageAttributes,
    JSON.parse(row.attributes),
    (fault) => new Error(`message ${row.id}: attributes ${fault}`),
  );
}
