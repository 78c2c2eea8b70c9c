import { AwsError } from "../gateway/protocols.ts";
import type { Principal } from "../iam/types.ts";
import { createKeyGuard, type GuardKey, type KeyAction } from "../kms/key-use.ts";
import { requireAccess } from "../require-access.ts";
import type { ServiceContext } from "../service.ts";
import { Arrivals } from "./arrivals.ts";
import { DeclaredQueues, type Queue } from "./declared-queues.ts";
import { attributeBytes, attributeFault, type MessageAttributes } from "./message-attributes.ts";
import { MessageStore, type NewMessage, type StoredMessage } from "./message-store.ts";

/** What SQS lets a body hold: XML's characters, so no control characters but tab and line ends. */
const BODY = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

import type { Receipt } from "./receipt-handle.ts";

const denial = { code: "AccessDeniedException", status: 403 };
const keyDenial = { code: "KmsAccessDenied", status: 400 };

/** What SQS asks of KMS in the name of whoever does these; the others touch no message's body. */
const keyActions: Readonly<Record<string, readonly KeyAction[]>> = {
  SendMessage: ["kms:GenerateDataKey", "kms:Decrypt"],
  ReceiveMessage: ["kms:Decrypt"],
};

export interface ReceiveOptions {
  readonly limit: number;
  /** Seconds out of sight; the queue's own when left out. */
  readonly visibility?: number | undefined;
  /** Ends the wait for a message; without one already there, nothing is received. */
  readonly signal: AbortSignal;
}

/** An AWS service that sends, and the resource for which it does: `s3.amazonaws.com` for a bucket. */
export interface EventSource {
  readonly service: string;
  readonly sourceArn: string;
}

/** Dead letters that were sent back where they came from, or to another queue. */
export interface MoveTask {
  readonly SourceArn: string;
  readonly DestinationArn: string | undefined;
  readonly moved: number;
  readonly startedAt: number;
}

/** What queues do, for the SQS API, for AWS services that send, and for the poller of a function's queue. */
export class QueueService {
  readonly declared: DeclaredQueues;
  readonly store: MessageStore;
  /** Latest first; not kept across restarts. */
  readonly moveTasks: MoveTask[] = [];
  readonly #context: ServiceContext;
  readonly #guardKey: GuardKey;
  readonly #arrivals = new Arrivals();
  readonly #closing = new AbortController();

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#guardKey = createKeyGuard({ ...context, service: "sqs", denial: keyDenial });
    this.declared = new DeclaredQueues(context.recording);
    this.store = new MessageStore(context.dataDir);
  }

  now(): number {
    return this.#context.now().getTime();
  }

  /** Throws QueueDoesNotExist. */
  byArn(arn: string): Queue {
    const queue = this.declared.byArn(arn);
    if (queue) return queue;
    throw new AwsError("QueueDoesNotExist", 400, "The specified queue does not exist.");
  }

  /** Throws AccessDeniedException, or KmsAccessDenied; `action` is without its `sqs:`. */
  require(principal: Principal, action: string, queue: Queue): void {
    requireAccess(
      this.#context.authorize,
      { principal, action: `sqs:${action}`, resource: queue.arn, context: {}, resourcePolicy: queue.policy },
      denial,
    );
    const encrypted = { kmsKey: queue.kmsKey, encryptionContext: { "aws:sqs:arn": queue.arn } };
    this.#guardKey(principal, encrypted, ...(keyActions[action] ?? []));
  }

  /** The same for an operation of the account, not of one queue. */
  requireOfAccount(principal: Principal, action: string): void {
    const request = { principal, action: `sqs:${action}`, resource: "*", context: {} };
    requireAccess(this.#context.authorize, request, denial);
  }

  /** Answers the message's id once it is on disk; throws what SQS would for a message that the queue may not take. */
  send(queue: Queue, message: NewMessage): string {
    if (!BODY.test(message.body)) {
      throw new AwsError(
        "InvalidMessageContents",
        400,
        "The message is empty or holds characters that SQS does not allow.",
      );
    }
    const fault = attributeFault(message.attributes);
    if (fault) throw new AwsError("InvalidParameterValueException", 400, fault);
    if (Buffer.byteLength(message.body) + attributeBytes(message.attributes) > queue.maxMessageBytes) {
      const reason = `Message must be shorter than ${queue.maxMessageBytes} bytes.`;
      throw new AwsError(
        "InvalidParameterValueException",
        400,
        `One or more parameters are invalid. Reason: ${reason}`,
      );
    }
    const id = this.store.send(queue, message, this.now());
    this.#arrivals.announce(queue.arn);
    return id;
  }

  /**
   * Sends for an AWS service, as which it acts for one of the account's resources; returns once the message is on disk.
   * Throws AccessDeniedException unless the queue's policy lets it, as for every queue without a policy.
   */
  deliver(queueArn: string, body: string, source: EventSource, attributes: MessageAttributes = {}): void {
    const queue = this.byArn(queueArn);
    const { accountId } = this.#context.recording;
    this.require({ kind: "service", ...source, accountId }, "SendMessage", queue);
    this.send(queue, { body, attributes, senderId: source.service });
  }

  /** Waits for a first message until the signal aborts or the service closes. */
  async receive(
    queue: Queue,
    { limit, visibility = queue.visibilityTimeout, signal }: ReceiveOptions,
  ): Promise<StoredMessage[]> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const deadLetters = queue.redrive && this.byArn(queue.redrive.deadLetterTargetArn);
    for (;;) {
      if (this.#closing.signal.aborted) return [];
      const now = this.now();
      if (deadLetters && this.store.giveUp(queue, deadLetters, now)) this.announce(deadLetters);
      const messages = this.store.receive(queue, { limit, visibility }, now);
      if (messages.length > 0 || ended.aborted) return messages;
      const visibleAt = this.store.nextVisibleAt(queue.arn) ?? Number.POSITIVE_INFINITY;
      await this.#arrivals.next(queue.arn, visibleAt - this.now(), ended);
    }
  }

  /** Lets go of a message before its time; a receipt that is void changes nothing. */
  release(queue: Queue, receipt: Receipt): void {
    this.store.changeVisibility(queue.arn, receipt, 0, this.now());
    this.announce(queue);
  }

  /** Lets go of every message that somebody holds, for when nobody can be there any more. */
  releaseAll(queue: Queue): void {
    this.store.releaseAll(queue.arn, this.now());
    this.announce(queue);
  }

  /** Tells those who wait that messages may have come into sight other than by `send`. */
  announce(queue: Queue): void {
    this.#arrivals.announce(queue.arn);
  }

  close(): void {
    this.#closing.abort();
    this.store.close();
  }
}
