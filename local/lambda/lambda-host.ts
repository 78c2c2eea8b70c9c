import { type RecordedResource, resourcesOf } from "../program/recording.ts";
import type { QueueService } from "../queues/queue-service.ts";
import type { AwsApi } from "../service.ts";
import { declaredFunction, findFunction } from "./declared-function.ts";
import { declaredMapping } from "./declared-mapping.ts";
import { FunctionRunner, type RunnerOptions } from "./function-runner.ts";
import { createInvokeApi } from "./invoke-api.ts";
import { SqsEventSource } from "./sqs-event-source.ts";

export interface LambdaHostOptions extends RunnerOptions {
  readonly queues: QueueService;
}

export interface LambdaHost {
  readonly api: AwsApi;
  /** Runs a declared function and resolves to its JSON answer; rejects with an Error when it fails. */
  run(declared: RecordedResource, payload: string): Promise<string>;
  /** Declared settings as a process that acts as the role is to see them; see FunctionRunner. */
  environmentOf: FunctionRunner["environmentOf"];
  /** Begins to take messages to the functions that the program maps to queues; what it cannot begin, it logs. */
  startEventSources(): void;
  /** Ends every function; the messages that they were at go back to their queues. */
  close(): Promise<void>;
}

/** Runs the functions that the program declares. Their layers are not unpacked: see `layOutCode`. */
export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  const { recording, queues, sessionFor, log } = options;
  const runner = new FunctionRunner(options);
  const sources: SqsEventSource[] = [];

  function startEventSource(resource: RecordedResource): void {
    const mapping = declaredMapping(resource);
    if (!mapping.enabled) return;
    const declared = findFunction(recording, mapping.functionName);
    if (!declared) throw new Error(`the program declares no function ${mapping.functionName}`);
    const { principal } = sessionFor(declared.roleArn);
    sources.push(new SqsEventSource({ mapping, declared, principal, region: recording.region, queues, runner, log }));
  }

  return {
    api: createInvokeApi(options, runner),
    async run(resource, payload) {
      const declared = declaredFunction(resource);
      const { failed, payload: answer } = await runner.invoke(declared, payload);
      if (failed) throw new Error(`the function ${declared.name} failed: ${answer}`);
      return answer;
    },
    environmentOf: (roleArn, settings) => runner.environmentOf(roleArn, settings),
    startEventSources() {
      for (const resource of resourcesOf(recording, "aws:lambda/eventSourceMapping:EventSourceMapping")) {
        try {
          startEventSource(resource);
        } catch (error) {
          log(`lambda: the mapping ${resource.name} is not started: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
    async close() {
      const stopped = sources.map((source) => source.stop());
      await runner.close();
      await Promise.all(stopped);
    },
  };
}
