import type { OutboxStore, PendingMessage } from "../store/outbox-store.ts";

/** Puts a message into a queue in the name of S3; rejects when the queue is absent or does not let S3 in. */
export type Deliver = (queueArn: string, body: string, source: { readonly bucketArn: string }) => Promise<void>;

export interface DelivererOptions {
  readonly outbox: OutboxStore;
  readonly deliver: Deliver;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

const batch = 32;
const longestPauseMilliseconds = 60_000;

/**
 * Empties the outbox into the queues, each message at least once: it leaves the outbox only after its delivery. One that
 * fails is tried again after a pause that doubles up to a minute.
 */
export function startDeliverer({ outbox, deliver, now, log }: DelivererOptions): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function deliverOne({ id, queueArn, bucketArn, body, attempts }: PendingMessage): Promise<void> {
    try {
      await deliver(queueArn, body, { bucketArn });
      outbox.delivered(id);
    } catch (error) {
      const pause = Math.min(1000 * 2 ** attempts, longestPauseMilliseconds);
      outbox.postpone(id, new Date(now().getTime() + pause));
      log(`s3 event of ${bucketArn} not delivered to ${queueArn}, next try in ${pause / 1000} s: ${reasonOf(error)}`);
    }
  }

  async function drain(): Promise<void> {
    for (let due = outbox.due(now(), batch); due.length > 0; due = outbox.due(now(), batch)) {
      // One after the other, so that a queue gets events in the order in which they happened.
      for (const message of due) {
        if (closed) return;
        await deliverOne(message);
      }
    }
  }

  function wake(): void {
    if (closed || running) return;
    clearTimeout(timer);
    running = drain().finally(() => {
      running = undefined;
      schedule();
    });
  }

  function schedule(): void {
    const next = closed ? undefined : outbox.nextDueAt();
    if (next) timer = setTimeout(wake, Math.max(0, next.getTime() - now().getTime())).unref();
  }

  outbox.onAdded(wake);
  wake();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
