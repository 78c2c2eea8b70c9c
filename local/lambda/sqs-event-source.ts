import { setTimeout as delay } from "node:timers/promises";
import { AwsError } from "../gateway/protocols.ts";
import type { Principal } from "../iam/types.ts";
import type { Queue } from "../queues/declared-queues.ts";
import type { StoredMessage } from "../queues/message-store.ts";
import type { QueueService } from "../queues/queue-service.ts";
import type { DeclaredFunction } from "./declared-function.ts";
import type { EventSourceMapping } from "./declared-mapping.ts";
import { type FunctionRunner, MAX_PROCESSES } from "./function-runner.ts";
import { reportedFailures, sqsEvent } from "./sqs-event.ts";

const RETRY_MS = 1000;

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
  readonly #batches = new Set<Promise<void>>();
  readonly #collecting: Promise<void>;

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
    this.#collecting = this.#collect();
  }

  /** Resolves when no batch is under way; those that are must be ended by stopping the runner. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#collecting;
    await Promise.all(this.#batches);
  }

  /** Takes the next batch when there is a process for it, lest it wait out of sight. */
  async #collect(): Promise<void> {
    const { signal } = this.#stopping;
    const limit = Math.max(1, Math.min(this.#options.declared.concurrency, MAX_PROCESSES));
    while (!signal.aborted) {
      try {
        const batch = await this.#nextBatch();
        if (batch.length > 0) this.#start(batch);
        if (this.#batches.size >= limit) await Promise.race(this.#batches);
      } catch (error) {
        this.#log(`no batch could be taken: ${error instanceof Error ? error.message : error}`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  #start(messages: readonly StoredMessage[]): void {
    const batch = this.#process(messages)
      .catch((error: unknown) => this.#log(`a batch could not be settled: ${error}`))
      .finally(() => this.#batches.delete(batch));
    this.#batches.add(batch);
  }

  /** A full batch, or what came within the batching window of its first message. */
  async #nextBatch(): Promise<StoredMessage[]> {
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
