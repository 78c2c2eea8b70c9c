import Type from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import type { RecordedResource } from "../program/recording.ts";

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
