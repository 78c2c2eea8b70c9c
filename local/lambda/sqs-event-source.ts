import { setTimeout as delay } from "node:timers/promises";
import Type from "typebox";
import { AwsError } from "../gateway/protocols.ts";
import type { Principal } from "../iam/types.ts";
import { parseInputs } from "../program/parse-inputs.ts";
import type { RecordedResource } from "../program/recording.ts";
import type { Queue } from "../queues/declared-queues.ts";
import type { StoredMessage } from "../queues/message-store.ts";
import type { QueueService } from "../queues/queue-service.ts";
import type { DeclaredFunction } from "./declared-function.ts";
import { type FunctionRunner, MAX_PROCESSES } from "./function-runner.ts";
import { reportedFailures, sqsEvent } from "./sqs-event.ts";

const RETRY_MS = 1000;

const MappingInputs = Type.Object({
  batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  enabled: Type.Optional(Type.Boolean()),
  eventSourceArn: Type.String({ pattern: "^arn:aws:sqs:" }),
  filterCriteria: Type.Optional(Type.Never()),
  functionName: Type.String(),
  functionResponseTypes: Type.Optional(Type.Array(Type.Literal("ReportBatchItemFailures"))),
  maximumBatchingWindowInSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 300 })),
  scalingConfig: Type.Optional(Type.Object({ maximumConcurrency: Type.Optional(Type.Integer({ minimum: 2 })) })),
});

export interface EventSourceMapping {
  readonly functionName: string;
  readonly queueArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  /** How long a batch may wait to become full, in seconds. */
  readonly batchingWindow: number;
  readonly reportsFailures: boolean;
}

/** Throws an Error that names the resource and what of it cannot be honoured. */
export function declaredMapping(resource: RecordedResource): EventSourceMapping {
  const inputs = parseInputs(MappingInputs, resource);
  return {
    functionName: inputs.functionName,
    queueArn: inputs.eventSourceArn,
    enabled: inputs.enabled ?? true,
    batchSize: inputs.batchSize ?? 10,
    batchingWindow: inputs.maximumBatchingWindowInSeconds ?? 0,
    reportsFailures: inputs.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
  };
}

export interface EventSourceOptions {
  readonly mapping: EventSourceMapping;
  readonly declared: DeclaredFunction;
  /** The function's role, which must be allowed what is done here in its name. */
  readonly principal: Principal;
  readonly region: string;
  readonly queues: QueueService;
  readonly runner: FunctionRunner;
  readonly log: (line: string) => void;
}

/**
 * Takes a queue's messages to a function. Messages of a failed batch come into sight again when the queue's visibility
 * timeout has passed, as in AWS; only those of a function that we stop ourselves do so at once.
 */
export class SqsEventSource {
  readonly #options: EventSourceOptions;
  readonly #queue: Queue;
  readonly #stopping = new AbortController();
  readonly #workers: Promise<void>[];

  /** Throws the error that AWS gives when the mapping is made. */
  constructor(options: EventSourceOptions) {
    const { mapping, declared, principal, queues } = options;
    this.#options = options;
    this.#queue = queues.byArn(mapping.queueArn);
    for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
      queues.require(principal, action, this.#queue);
    }
    if (this.#queue.visibilityTimeout < declared.timeoutSeconds) {
      throw new AwsError(
        "InvalidParameterValueException",
        400,
        `Queue visibility timeout: ${this.#queue.visibilityTimeout} seconds is less than Function timeout: ${declared.timeoutSeconds} seconds`,
      );
    }
    // Whoever held messages of this queue in an earlier process is gone.
    queues.releaseAll(this.#queue);
    this.#workers = Array.from({ length: MAX_PROCESSES }, () => this.#work());
  }

  /** Resolves when no batch is under way; those that are must be ended by stopping the runner. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const batch = await this.#collect();
        if (batch.length > 0) await this.#process(batch);
      } catch (error) {
        this.#log(`a batch could not be taken: ${error instanceof Error ? error.message : error}`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** A full batch, or what came within the batching window of its first message. */
  async #collect(): Promise<StoredMessage[]> {
    const { queues, mapping } = this.#options;
    const batch = await queues.receive(this.#queue, { limit: mapping.batchSize, signal: this.#stopping.signal });
    if (batch.length === 0 || mapping.batchingWindow === 0) return batch;
    const window = AbortSignal.any([AbortSignal.timeout(mapping.batchingWindow * 1000), this.#stopping.signal]);
    while (batch.length < mapping.batchSize && !window.aborted) {
      batch.push(...(await queues.receive(this.#queue, { limit: mapping.batchSize - batch.length, signal: window })));
    }
    return batch;
  }

  async #process(batch: readonly StoredMessage[]): Promise<void> {
    const failures = await this.#run(batch);
    const { queues } = this.#options;
    for (const message of batch) {
      if (!failures.includes(message)) queues.store.delete(this.#queue.arn, message.receipt);
      else if (this.#stopping.signal.aborted) queues.release(this.#queue, message.receipt);
    }
  }

  async #run(batch: readonly StoredMessage[]): Promise<readonly StoredMessage[]> {
    const { declared, mapping, region, runner } = this.#options;
    try {
      const { failed, payload } = await runner.invoke(declared, sqsEvent(this.#queue, region, batch));
      if (failed) this.#log(`the function failed on ${batch.length} messages: ${payload}`);
      if (failed) return batch;
      return mapping.reportsFailures ? reportedFailures(payload, batch) : [];
    } catch (error) {
      this.#log(`the function could not be run: ${error instanceof Error ? error.message : error}`);
      return batch;
    }
  }

  #log(line: string): void {
    this.#options.log(`lambda: ${this.#queue.name} to ${this.#options.declared.name}: ${line}`);
  }
}
