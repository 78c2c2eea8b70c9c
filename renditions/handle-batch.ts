import type { PhotoId } from "../api/domain/photo.ts";
import { backoffSeconds } from "./backoff.ts";
import type { ForgetAtEdges, Log, Postpone, Removal } from "./ports.ts";
import { type ObjectEvent, parseObjectEvents } from "./s3-events.ts";
import { NotScannedYetError } from "./scan.ts";

/** What Lambda hands over of SQS; only what is used. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly eventSourceARN: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Which messages SQS is to hand out again; it deletes all the others. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface HandleBatchOptions {
  readonly processUpload: (event: ObjectEvent) => Promise<void>;
  readonly removePhoto: (event: ObjectEvent) => Promise<PhotoId | undefined>;
  readonly forgetAtEdges: ForgetAtEdges;
  readonly postpone: Postpone;
  readonly log: Log;
}

/** One message after another: the pixels of a single photo may take up most of the memory. */
export function createHandleBatch(options: HandleBatchOptions) {
  const { processUpload, removePhoto, forgetAtEdges, postpone, log } = options;

  /** Resolves to the photos that are gone from the bucket and may be left at the edges. */
  async function handle({ body }: SqsRecord): Promise<Removal[]> {
    const removals: Removal[] = [];
    for (const event of parseObjectEvents(body)) {
      const removed = event.kind === "created" ? await processUpload(event) : await removePhoto(event);
      if (removed !== undefined) removals.push({ id: removed, sequencer: event.sequencer });
      log({ level: "info", message: `Object ${event.kind}: done`, key: event.key });
    }
    return removals;
  }

  /** Left alone, a message stays out of sight for the queue's whole visibility timeout, which is made for the slowest. */
  async function giveBack(record: SqsRecord, error: unknown): Promise<void> {
    const { messageId, attributes } = record;
    const seconds = backoffSeconds(Number(attributes.ApproximateReceiveCount));
    if (error instanceof NotScannedYetError) {
      log({ level: "info", message: `Waits ${seconds} seconds for its scan`, messageId, reason: error.message });
    } else {
      const message = `A message failed and will be handed out again in ${seconds} seconds`;
      log({ level: "error", message, messageId, error: describe(error) });
    }
    await postpone(record, seconds).catch((cause: unknown) => {
      const message = "A failed message could not be postponed; it waits for the queue's visibility timeout";
      log({ level: "warn", message, messageId, error: describe(cause) });
    });
  }

  return async ({ Records }: SqsEvent): Promise<SqsBatchResponse> => {
    const failures = new Map<SqsRecord, unknown>();
    const removals = new Map<SqsRecord, readonly Removal[]>();
    for (const record of Records) {
      try {
        const removed = await handle(record);
        if (removed.length > 0) removals.set(record, removed);
      } catch (error) {
        failures.set(record, error);
      }
    }
    if (removals.size > 0) {
      await forgetAtEdges([...removals.values()].flat()).catch((error: unknown) => {
        for (const record of removals.keys()) failures.set(record, error);
      });
    }
    for (const [record, error] of failures) await giveBack(record, error);
    return { batchItemFailures: [...failures.keys()].map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
