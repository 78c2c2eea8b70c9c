import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from "@aws-sdk/client-secrets-manager";
import { asGeneration, asObject } from "./parse.ts";

/** What a secret holds that is made inside AWS, and made anew for each generation that the configuration asks for. */
export interface Generation {
  readonly generation: number;
}

export interface KeepOptions<Value extends Generation> {
  readonly secretArn: string;
  readonly generation: number;
  /** What else must be as asked for, such as an algorithm; empty where there is nothing else. */
  readonly kind: string;
  readonly kindOf: (value: Value) => string;
  /** Throws an Error that quotes nothing of the secret. */
  readonly parse: (secret: string) => Value;
  /** `before` is the value of an earlier generation, if there is one. Throws when there must not be another. */
  readonly make: (before: Value | undefined) => Value;
}

/**
 * The value of one generation: the one that the secret holds, or one that is made and kept now. Asked again, it answers
 * the same, because a repeated deployment must change nothing. Rejects when the secret has gone past that generation, or
 * holds something else.
 */
export async function keepGeneration<Value extends Generation>(
  secrets: SecretsManagerClient,
  { secretArn, generation, kind, kindOf, parse, make }: KeepOptions<Value>,
): Promise<Value> {
  const before = await read();
  return asAskedFor(before) ?? keep(make(before));

  /** Undefined when the secret has none or an older one. */
  function asAskedFor(held: Value | undefined): Value | undefined {
    if (!held || held.generation < generation) return undefined;
    if (held.generation === generation && kindOf(held) === kind) return held;
    const what = `generation ${held.generation}${kind && ` (${kindOf(held)})`}`;
    throw new Error(`The slot holds ${what} already; ask for generation ${held.generation + 1} or more`);
  }

  async function read(): Promise<Value | undefined> {
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      return SecretString === undefined ? undefined : parse(SecretString);
    } catch (error) {
      // A secret without a value yet answers so; one that does not exist would too, and then the write fails.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Keeps a value unless another invocation was first; resolves to the one that was kept. */
  async function keep(value: Value): Promise<Value> {
    // One token for one generation: Secrets Manager takes a single value under it, however many invocations race.
    const ClientRequestToken = createHash("sha256").update(`${generation} ${kind}`).digest("hex");
    try {
      await secrets.send(
        new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(value), ClientRequestToken }),
      );
      return value;
    } catch (error) {
      const first = error instanceof ResourceExistsException && asAskedFor(await read());
      if (first) return first;
      throw error;
    }
  }
}

/** Does it again while it is refused: IAM takes some seconds to tell every service of a role that was only just made. */
export async function whenAllowed<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const seconds of [1, 2, 4, 8]) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SecretsManagerServiceException && error.name === "AccessDeniedException")) throw error;
      await delay(seconds * 1000);
    }
  }
  return work();
}

/** What every event that asks for a generation says. */
export function parseAsked(event: unknown): Record<string, unknown> & Generation & { readonly secretArn: string } {
  const { secretArn, generation, ...rest } = asObject(event, "The event");
  if (typeof secretArn !== "string") throw new Error("The event needs secretArn, a string");
  return { ...rest, secretArn, generation: asGeneration(generation) };
}
