import type { Log } from "./ports.ts";
import { type ObjectEvent, parseObjectEvents } from "./s3-events.ts";

/** What Lambda hands over of SQS; only what is used. */
export interface SqsEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Which messages SQS is to hand out again; it deletes all the others. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface HandleBatchOptions {
  readonly processUpload: (event: ObjectEvent) => Promise<void>;
  readonly removePhoto: (event: ObjectEvent) => Promise<void>;
  readonly log: Log;
}

/** One message after another: the pixels of a single photo may take up most of the memory. */
export function createHandleBatch({ processUpload, removePhoto, log }: HandleBatchOptions) {
  const handlers = { created: processUpload, removed: removePhoto };

  return async ({ Records }: SqsEvent): Promise<SqsBatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of Records) {
      try {
        for (const event of parseObjectEvents(body)) {
          await handlers[event.kind](event);
          log({ level: "info", message: `Object ${event.kind}: done`, key: event.key });
        }
      } catch (error) {
        log({
          level: "error",
          message: "A message failed and will be handed out again",
          messageId,
          error: describe(error),
        });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
