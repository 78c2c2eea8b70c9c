import { backoffSeconds } from "./backoff.ts";
import type { Log, Postpone } from "./ports.ts";
import { type ObjectEvent, parseObjectEvents } from "./s3-events.ts";
import { NotScannedYetError } from "./scan.ts";

/** What Lambda hands over of SQS; only what is used. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Which messages SQS is to hand out again; it deletes all the others. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface HandleBatchOptions {
  readonly processUpload: (event: ObjectEvent) => Promise<void>;
  readonly removePhoto: (event: ObjectEvent) => Promise<void>;
  readonly postpone: Postpone;
  readonly log: Log;
}

/** One message after another: the pixels of a single photo may take up most of the memory. */
export function createHandleBatch({ processUpload, removePhoto, postpone, log }: HandleBatchOptions) {
  const handlers = { created: processUpload, removed: removePhoto };

  /** Left alone, a message stays out of sight for the queue's whole visibility timeout, which is made for the slowest. */
  async function giveBack({ messageId, receiptHandle, attributes }: SqsRecord, error: unknown): Promise<void> {
    const seconds = backoffSeconds(Number(attributes.ApproximateReceiveCount));
    if (error instanceof NotScannedYetError) {
      log({ level: "info", message: `Waits ${seconds} seconds for its scan`, messageId, reason: error.message });
    } else {
      const message = `A message failed and will be handed out again in ${seconds} seconds`;
      log({ level: "error", message, messageId, error: describe(error) });
    }
    await postpone(receiptHandle, seconds).catch((cause: unknown) => {
      const message = "A failed message could not be postponed; it waits for the queue's visibility timeout";
      log({ level: "warn", message, messageId, error: describe(cause) });
    });
  }

  return async ({ Records }: SqsEvent): Promise<SqsBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of Records) {
      try {
        for (const event of parseObjectEvents(record.body)) {
          await handlers[event.kind](event);
          log({ level: "info", message: `Object ${event.kind}: done`, key: event.key });
        }
      } catch (error) {
        await giveBack(record, error);
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
