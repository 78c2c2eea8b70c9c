import { setTimeout as delay } from "node:timers/promises";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import sharp from "sharp";
import type { Cloud } from "../../../cloud.ts";
import { resourcesOf } from "../../../program/recording.ts";
import { App } from "../journey.ts";
import { type Act, acts, type Outcome } from "./acts.ts";
import { SoakUser } from "./soak-user.ts";

export interface SoakOptions {
  readonly cloud: Cloud;
  readonly dynamoDb: DynamoDBClient;
  /** How many acts in all. */
  readonly count: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface SoakReport {
  /** How often each act was done. */
  readonly counts: ReadonlyMap<string, number>;
  readonly outcomes: readonly Outcome[];
  readonly failures: readonly string[];
}

const atATime = 12;
const users = ["olga", "fred", "sam"];
const reconcileEveryMs = 5000;

/** Does acts of all kinds by several users at the same time, with the reconciler running beside them as it is deployed. */
export async function soak({ cloud, dynamoDb, count, seed, onProgress }: SoakOptions): Promise<SoakReport> {
  const random = randomOf(seed);
  const pictures = await Promise.all(["teal", "plum", "sand"].map((_, index) => tinyPicture(index)));
  const people = await Promise.all(
    users.map(async (name) => {
      return new SoakUser({ cloud, app: await App.signIn(cloud, name), dynamoDb, pictures, random });
    }),
  );
  const counts = new Map<string, number>();
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  let done = 0;
  // One of each first, so that even a small soak leaves none out.
  const planned = Array.from({ length: count }, (_, index) => acts[index] ?? choose(random()));

  async function work(): Promise<void> {
    for (let next = planned.shift(); next; next = planned.shift()) {
      const user = people[Math.trunc(random() * people.length)];
      try {
        const outcome = user && (await next.run(user));
        if (outcome) outcomes.push(outcome);
      } catch (error) {
        failures.push(`${next.name}: ${error instanceof Error ? error.message : error}`);
      }
      counts.set(next.name, (counts.get(next.name) ?? 0) + 1);
      done += 1;
      onProgress?.(done);
    }
  }

  const stopped = new AbortController();
  const reconciling = reconcileUntil(stopped.signal, cloud);
  await Promise.all(Array.from({ length: atATime }, work));
  stopped.abort();
  failures.push(...(await reconciling));
  return { counts, outcomes, failures };
}

/** Resolves once every queue has been empty for a while, with nothing under way; one with dead letters never is. */
export async function untilIdle(cloud: Cloud): Promise<void> {
  const sqs = new SQSClient({ region: cloud.region, endpoint: cloud.aws, credentials: cloud.admin });
  const urls = resourcesOf(cloud.recording, "aws:sqs/queue:Queue").map(({ outputs }) => String(outputs.url));
  const isEmpty = async (QueueUrl: string): Promise<boolean> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    const waiting = Object.entries(Attributes).filter(([name]) => name.startsWith("ApproximateNumberOfMessages"));
    return waiting.every(([, value]) => value === "0");
  };
  for (let quiet = 0; quiet < 4; ) {
    const empty = await Promise.all(urls.map(isEmpty));
    quiet = empty.every(Boolean) ? quiet + 1 : 0;
    await delay(250);
  }
  sqs.destroy();
}

/** Runs the deployed function again and again; resolves to what went wrong in it. */
async function reconcileUntil(signal: AbortSignal, cloud: Cloud): Promise<string[]> {
  const lambda = new LambdaClient({ region: cloud.region, endpoint: cloud.aws, credentials: cloud.admin });
  const failures: string[] = [];
  while (!signal.aborted) {
    const { Payload = [] } = await lambda.send(new InvokeCommand({ FunctionName: cloud.reconciler, Payload: "{}" }));
    const report = JSON.parse(Buffer.from(Payload).toString()) as {
      jobs: Record<string, { failed: { count: number } }>;
    };
    for (const [name, { failed }] of Object.entries(report.jobs)) {
      if (failed.count > 0) failures.push(`reconciler, ${name}: ${JSON.stringify(failed)}`);
    }
    await delay(reconcileEveryMs, undefined, { signal }).catch(() => {});
  }
  lambda.destroy();
  return failures;
}

function choose(at: number): Act {
  let left = at * acts.reduce((sum, { weight }) => sum + weight, 0);
  const found = acts.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (!found) throw new RangeError(`${at} is not below 1`);
  return found;
}

/** Noise, lest it be shorter than the half of a picture that an act sends. */
function tinyPicture(seed: number): Promise<Buffer> {
  const [width, height] = [24, 16];
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, randomByte(seed + 1)));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

function randomByte(seed: number): () => number {
  const random = randomOf(seed);
  return () => Math.trunc(random() * 256);
}

/** The same numbers from 0 up to 1 for the same seed, by a linear congruential generator (Numerical Recipes' constants). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
