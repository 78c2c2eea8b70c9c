import Type, { type Static, type TSchema } from "typebox";
import { AwsError } from "../../gateway/protocols.ts";
import { parse } from "../../parse.ts";
import type { AwsCall } from "../../service.ts";
import type { Queue } from "../declared-queues.ts";
import type { QueueService } from "../queue-service.ts";
import { parseReceiptHandle, type Receipt } from "../receipt-handle.ts";

/** An SQS operation: the request's members, unchecked, to the reply's. */
export type SqsOperation = (service: QueueService, input: unknown, call: AwsCall) => Promise<object>;

export function read<T extends TSchema>(schema: T, input: unknown): Static<T> {
  return parse(schema, input, (fault) => invalid(`Value at '${fault}`));
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", 400, message);
}

/** The queue of a URL, whatever its host: clients keep URLs of AWS and of the local cloud alike. */
export function queueAt(service: QueueService, url: string): Queue {
  const name = /\/([\w-]{1,80})$/.exec(url)?.[1] ?? "";
  return service.byArn(service.declared.arnOf(name));
}

export function readReceipt(handle: string): Receipt {
  const receipt = parseReceiptHandle(handle);
  if (receipt) return receipt;
  throw new AwsError("ReceiptHandleIsInvalid", 400, "The input receipt handle is invalid.");
}

/** The entries of a batch request: one to ten, each with an id of its own. */
export function batchOf<T extends TSchema>(entry: T) {
  return Type.Object({
    QueueUrl: Type.String(),
    Entries: Type.Array(Type.Intersect([Type.Object({ Id: Type.String() }), entry])),
  });
}

/** Does what a batch asks entry by entry: one that fails leaves the others be. */
export function inBatch<Entry extends { Id: string }>(entries: readonly Entry[], run: (entry: Entry) => object) {
  if (entries.length === 0)
    throw new AwsError("EmptyBatchRequest", 400, "There should be at least one entry in the request.");
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      400,
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const odd = entries.find(({ Id }) => !/^[\w-]{1,80}$/.test(Id));
  if (odd)
    throw new AwsError(
      "InvalidBatchEntryId",
      400,
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores, and be at most 80 letters long.",
    );
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError("BatchEntryIdsNotDistinct", 400, "Two or more batch entries in the request have the same Id.");
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}
