import { Type } from "typebox";
import type { SqliteDatabase } from "../../sqlite-database.ts";

/** A message for a queue, kept until it is delivered. */
export interface OutboxMessage {
  readonly queueArn: string;
  readonly bucketArn: string;
  readonly body: string;
}

const Row = Type.Object({
  id: Type.Number(),
  queue_arn: Type.String(),
  bucket_arn: Type.String(),
  body: Type.String(),
  attempts: Type.Number(),
});

export interface PendingMessage extends OutboxMessage {
  readonly id: number;
  /** How often its delivery has failed. */
  readonly attempts: number;
}

/** Messages written in the transaction of the change that they tell of, so that a crash loses none. */
export type OutboxStore = ReturnType<typeof createOutboxStore>;

export function createOutboxStore(database: SqliteDatabase) {
  const insert = database.command(
    "INSERT INTO outbox (queue_arn, bucket_arn, body, attempts, due_at) VALUES (?, ?, ?, 0, 0)",
  );
  const due = database.query("SELECT * FROM outbox WHERE due_at <= ? ORDER BY id LIMIT ?", Row);
  const nextDue = database.query(
    "SELECT due_at FROM outbox ORDER BY due_at LIMIT 1",
    Type.Object({ due_at: Type.Number() }),
  );
  const remove = database.command("DELETE FROM outbox WHERE id = ?");
  const postpone = database.command("UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?");
  let wake = () => {};

  return {
    add(messages: readonly OutboxMessage[]): void {
      for (const { queueArn, bucketArn, body } of messages) insert(queueArn, bucketArn, body);
      if (messages.length > 0) database.afterCommit(() => wake());
    },

    /** `listener` is called whenever messages have been added for good. */
    onAdded(listener: () => void): void {
      wake = listener;
    },

    /** In the order in which they were added. */
    due: (now: Date, limit: number): PendingMessage[] =>
      due(now.getTime(), limit).map(({ id, queue_arn, bucket_arn, body, attempts }) => {
        return { id, queueArn: queue_arn, bucketArn: bucket_arn, body, attempts };
      }),

    nextDueAt(): Date | undefined {
      const [row] = nextDue();
      return row && new Date(row.due_at);
    },

    delivered(id: number): void {
      remove(id);
    },

    postpone(id: number, until: Date): void {
      postpone(until.getTime(), id);
    },
  };
}
