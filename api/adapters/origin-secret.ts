import { hash, timingSafeEqual } from "node:crypto";
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DependencyUnavailableError } from "../domain/errors.ts";
import type { Clock } from "../domain/ports/clock.ts";

export interface OriginSecretOptions {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  readonly now: Clock;
}

/** After a rotation the edge sends what an instance has not heard of; whoever guesses must not have it ask each time. */
const rereadMs = 5000;

/**
 * Knows the values that the edge proves itself by: those of the secret, `{"values": [current, previous]}`. It is read at the
 * first call, kept, and read again for a value that is not in it, at most every 5 s.
 */
export function createOriginSecret({ client, secretArn, now }: OriginSecretOptions) {
  let readAt = Number.NEGATIVE_INFINITY;
  let accepted: Promise<readonly Buffer[]> | undefined;

  function read(): Promise<readonly Buffer[]> {
    readAt = now().getTime();
    const attempt = load();
    attempt.catch(() => {
      if (accepted === attempt) accepted = undefined;
    });
    return attempt;
  }

  async function load(): Promise<readonly Buffer[]> {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: secretArn })).catch((cause: unknown) => {
      throw new DependencyUnavailableError("secrets-manager", { cause });
    });
    const values = parseValues(secret.SecretString ?? "");
    if (!values)
      throw new Error(`The secret ${secretArn} holds no {"values": ["…"]}; let the deployment make it again`);
    return values.map(digest);
  }

  return async (given: string | undefined): Promise<boolean> => {
    if (given === undefined) return false;
    const candidate = digest(given);
    accepted ??= read();
    const known = accepted;
    if (isOneOf(candidate, await known)) return true;
    // Another request may have had it read again meanwhile.
    if (accepted === known && now().getTime() - readAt >= rereadMs) accepted = read();
    return accepted !== undefined && accepted !== known && isOneOf(candidate, await accepted);
  };
}

/** Looks at all of them, and at digests, so that the time taken says nothing of how much was right. */
function isOneOf(candidate: Buffer, accepted: readonly Buffer[]): boolean {
  return accepted.map((value) => timingSafeEqual(candidate, value)).includes(true);
}

function digest(value: string): Buffer {
  return hash("sha256", value, "buffer");
}

/** Undefined instead of the parser's own error, whose message quotes what it could not parse. */
function parseValues(text: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const values: unknown = parsed instanceof Object ? Reflect.get(parsed, "values") : undefined;
    const isValue = (value: unknown): value is string => typeof value === "string" && value.length >= 32;
    return Array.isArray(values) && values.length > 0 && values.every(isValue) ? values : undefined;
  } catch {
    return undefined;
  }
}
