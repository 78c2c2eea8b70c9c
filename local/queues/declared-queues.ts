import Type from "typebox";
import type { PolicyDocument } from "../iam/types.ts";
import { parseAs, parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { attachedPolicy, policyOf } from "../resource-policy.ts";

const day = 86_400;

/** A queue as the program declares it. Times are in seconds. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly delay: number;
  readonly maxMessageBytes: number;
  /** How long a receive waits for a message when it does not say. */
  readonly receiveWait: number;
  readonly retention: number;
  readonly visibilityTimeout: number;
  readonly redrive: Redrive | undefined;
  /** The customer key that messages lie under. */
  readonly kmsKey: string | undefined;
  readonly policy: PolicyDocument | undefined;
}

/** Where a message goes that has been received too often. */
export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

const seconds = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }));

const QueueInputs = Type.Object({
  delaySeconds: seconds(0, 900),
  fifoQueue: Type.Optional(Type.Literal(false)),
  kmsMasterKeyId: Type.Optional(Type.String()),
  maxMessageSize: Type.Optional(Type.Integer({ minimum: 1024, maximum: 1024 * 1024 })),
  messageRetentionSeconds: seconds(60, 14 * day),
  receiveWaitTimeSeconds: seconds(0, 20),
  redrivePolicy: Type.Optional(Type.String()),
  redriveAllowPolicy: Type.Optional(Type.String()),
  visibilityTimeoutSeconds: seconds(0, day / 2),
});
const QueueOutputs = Type.Object({ arn: Type.String(), name: Type.String() });
const RedrivePolicy = Type.Object({
  deadLetterTargetArn: Type.String(),
  maxReceiveCount: Type.Integer({ minimum: 1, maximum: 1000 }),
});
const RedriveAllowPolicy = Type.Object({
  redrivePermission: Type.Enum(["allowAll", "denyAll", "byQueue"]),
  sourceQueueArns: Type.Optional(Type.Array(Type.String())),
});

/** Reads the queues of a recording that may still grow; each call throws an Error that names a queue it cannot honour. */
export class DeclaredQueues {
  readonly #recording: Recording;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  all(): Queue[] {
    return this.#resources().map((resource) => this.#read(resource));
  }

  byArn(arn: string): Queue | undefined {
    const resource = this.#resources().find(({ outputs }) => outputs.arn === arn);
    return resource && this.#read(resource);
  }

  arnOf(name: string): string {
    const { region, accountId } = this.#recording;
    return `arn:aws:sqs:${region}:${accountId}:${name}`;
  }

  /** The queues whose dead letters go to this one. */
  sourcesOf(deadLetterArn: string): Queue[] {
    return this.all().filter(({ redrive }) => redrive?.deadLetterTargetArn === deadLetterArn);
  }

  #resources(): RecordedResource[] {
    return resourcesOf(this.#recording, "aws:sqs/queue:Queue");
  }

  #read(resource: RecordedResource): Queue {
    const inputs = parseInputs(QueueInputs, resource);
    const { arn, name } = parseAs(QueueOutputs, resource.outputs, resource.urn);
    return {
      name,
      arn,
      delay: inputs.delaySeconds ?? 0,
      maxMessageBytes: inputs.maxMessageSize ?? 256 * 1024,
      receiveWait: inputs.receiveWaitTimeSeconds ?? 0,
      retention: inputs.messageRetentionSeconds ?? 4 * day,
      visibilityTimeout: inputs.visibilityTimeoutSeconds ?? 30,
      redrive: this.#redriveOf(resource, arn),
      kmsKey: inputs.kmsMasterKeyId,
      policy:
        attachedPolicy(this.#recording, "aws:sqs/queuePolicy:QueuePolicy", (inputs) => isOn(resource, inputs)) ??
        policyOf(resource),
    };
  }

  #redriveOf(resource: RecordedResource, arn: string): Redrive | undefined {
    const text = this.#setting(resource, "aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy");
    if (text === undefined) return undefined;
    const redrive = parseAs(RedrivePolicy, readJson(text, resource), `${resource.urn}: redrivePolicy`);
    const target = this.#resources().find(({ outputs }) => outputs.arn === redrive.deadLetterTargetArn);
    if (!target) {
      throw new Error(`${resource.urn}: the program declares no dead-letter queue ${redrive.deadLetterTargetArn}`);
    }
    if (!this.#mayUse(target, arn)) {
      throw new Error(`${resource.urn}: the redriveAllowPolicy of ${target.name} does not let it send there`);
    }
    return redrive;
  }

  /** Whether a dead-letter queue takes messages from another, as every queue does that does not say. */
  #mayUse(deadLetters: RecordedResource, sourceArn: string): boolean {
    const text = this.#setting(deadLetters, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "redriveAllowPolicy");
    if (text === undefined) return true;
    const policy = parseAs(RedriveAllowPolicy, readJson(text, deadLetters), `${deadLetters.urn}: redriveAllowPolicy`);
    const { redrivePermission, sourceQueueArns = [] } = policy;
    return redrivePermission === "allowAll" || (redrivePermission === "byQueue" && sourceQueueArns.includes(sourceArn));
  }

  /** A JSON text that is given with the queue or by a resource of its own. */
  #setting(queue: RecordedResource, type: string, property: string): string | undefined {
    const own = resourcesOf(this.#recording, type).find(({ inputs }) => isOn(queue, inputs));
    const value = (own ?? queue).inputs[property];
    return value === undefined ? undefined : parseAs(Type.String(), value, `${queue.urn}: ${property}`);
  }
}

function isOn(queue: RecordedResource, { queueUrl }: RecordedResource["inputs"]): boolean {
  return queueUrl === queue.id || queueUrl === queue.outputs.url;
}

function readJson(text: string, { urn }: RecordedResource): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${urn}: ${JSON.stringify(text)} is not JSON`);
  }
}
