import { join } from "node:path";
import Type, { type Static } from "typebox";
import { SqliteDatabase } from "../sqlite-database.ts";

/*
 * A message whose `visible_at` lies ahead is in flight when it has a `nonce`, and delayed when it has none. `receives`
 * counts over all queues, `receives_here` since it came to this one. Times are in milliseconds of the epoch.
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
const MessageRow = Type.Object({
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
export type MessageRow = Static<typeof MessageRow>;
const Hold = Type.Object({ visible_at: Type.Number(), nonce: nullable(Type.String()) });
const Time = Type.Object({ at: nullable(Type.Number()) });
const Counts = Type.Object({ visible: Type.Number(), in_flight: Type.Number(), delayed: Type.Number() });

export type MessageTable = ReturnType<typeof openMessageTable>;

/** Every statement that the queues need, over `queues.sqlite` in a folder; throws an Error that says what to do. */
export function openMessageTable(folder: string) {
  const database = new SqliteDatabase({ file: join(folder, "queues.sqlite"), schema, version: 1 });
  return {
    transaction: <T>(work: () => T): T => database.transaction(work),
    close: (): void => database.close(),
    insert: database.command(
      `INSERT INTO messages (id, queue_arn, body, attributes, sender_id, trace_header, sent_at, expires_at, visible_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    due: database.query(
      "SELECT * FROM messages WHERE queue_arn = ? AND visible_at <= ? ORDER BY visible_at, sequence LIMIT ?",
      MessageRow,
    ),
    take: database.command(
      `UPDATE messages SET visible_at = ?, nonce = ?, receives = receives + 1, receives_here = receives_here + 1,
       first_received_at = coalesce(first_received_at, ?) WHERE id = ?`,
    ),
    giveUp: database.command(
      `UPDATE messages SET queue_arn = ?, source_arn = queue_arn, expires_at = sent_at + ?, visible_at = ?, nonce = NULL,
       receives_here = 0 WHERE queue_arn = ? AND visible_at <= ? AND receives_here >= ?`,
    ),
    releaseAll: database.command(
      "UPDATE messages SET visible_at = ? WHERE queue_arn = ? AND visible_at > ? AND nonce IS NOT NULL",
    ),
    settle: database.command("DELETE FROM messages WHERE queue_arn = ? AND id = ? AND nonce = ?"),
    remove: database.command("DELETE FROM messages WHERE id = ?"),
    expire: database.command("DELETE FROM messages WHERE queue_arn = ? AND expires_at <= ?"),
    purge: database.command("DELETE FROM messages WHERE queue_arn = ?"),
    hold: database.query("SELECT visible_at, nonce FROM messages WHERE queue_arn = ? AND id = ?", Hold),
    hide: database.command("UPDATE messages SET visible_at = ? WHERE id = ?"),
    next: database.query("SELECT min(visible_at) AS at FROM messages WHERE queue_arn = ?", Time),
    all: database.query("SELECT * FROM messages WHERE queue_arn = ? ORDER BY sequence", MessageRow),
    count: database.query(
      `SELECT count(*) FILTER (WHERE visible_at <= ?) AS visible,
       count(*) FILTER (WHERE visible_at > ? AND nonce IS NOT NULL) AS in_flight,
       count(*) FILTER (WHERE visible_at > ? AND nonce IS NULL) AS delayed FROM messages WHERE queue_arn = ?`,
      Counts,
    ),
  };
}
