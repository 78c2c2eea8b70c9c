import Type, { type Static } from "typebox";
import { parseAs, parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";

/** What a function is made of: files by their paths in the archive, as text, as files, or as whole folders. */
const CodeAsset = Type.Union([Type.Object({ text: Type.String() }), Type.Object({ path: Type.String() })]);
const Code = Type.Union([
  Type.Object({ assets: Type.Record(Type.String(), CodeAsset) }),
  Type.Object({ path: Type.String() }),
]);
export type Code = Static<typeof Code>;

const FunctionInputs = Type.Object({
  code: Code,
  environment: Type.Optional(Type.Object({ variables: Type.Optional(Type.Record(Type.String(), Type.String())) })),
  handler: Type.String({ pattern: "^[^.]+(/[^.]+)*\\.\\w+$" }),
  memorySize: Type.Optional(Type.Integer({ minimum: 128, maximum: 10_240 })),
  packageType: Type.Optional(Type.Literal("Zip")),
  reservedConcurrentExecutions: Type.Optional(Type.Integer({ minimum: -1 })),
  role: Type.String(),
  runtime: Type.String({ pattern: "^nodejs" }),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 900 })),
});
const FunctionOutputs = Type.Object({ arn: Type.String(), name: Type.String() });

/** A function as the program declares it. Its layers are not read: their packages resolve from the checkout. */
export interface DeclaredFunction {
  readonly name: string;
  readonly arn: string;
  readonly code: Code;
  readonly handler: string;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly runtime: string;
  /** How many may run at once; 0 stops the function. */
  readonly concurrency: number;
}

/** Finds a function of a recording that may still grow by its name or ARN, as they are or with `:$LATEST`. */
export function findFunction(recording: Recording, nameOrArn: string): DeclaredFunction | undefined {
  const name = /^(?:(?:arn:aws:lambda:[\w-]+:)?\d{12}:function:)?([\w-]{1,64})(?::\$LATEST)?$/.exec(nameOrArn)?.[1];
  const resource = resourcesOf(recording, "aws:lambda/function:Function").find(({ outputs }) => outputs.name === name);
  return name === undefined || !resource ? undefined : declaredFunction(resource);
}

/** Throws an Error that names the resource and what of it cannot be honoured. */
export function declaredFunction(resource: RecordedResource): DeclaredFunction {
  const inputs = parseInputs(FunctionInputs, resource);
  const { reservedConcurrentExecutions = -1 } = inputs;
  return {
    ...parseAs(FunctionOutputs, resource.outputs, resource.urn),
    code: inputs.code,
    handler: inputs.handler,
    roleArn: inputs.role,
    environment: inputs.environment?.variables ?? {},
    memoryMegabytes: inputs.memorySize ?? 128,
    timeoutSeconds: inputs.timeout ?? 3,
    runtime: inputs.runtime,
    concurrency: reservedConcurrentExecutions === -1 ? Number.POSITIVE_INFINITY : reservedConcurrentExecutions,
  };
}
