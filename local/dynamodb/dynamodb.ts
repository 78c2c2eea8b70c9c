import { AwsError, type JsonOperation, jsonApi } from "../gateway/protocols.ts";
import { createKeyGuard } from "../kms/key-use.ts";
import type { AwsApi, ServiceContext } from "../service.ts";
import { Engine } from "./engine.ts";
import { codeOf, isDynaliteError } from "./errors.ts";
import { createHandlers, type Handler, type Input } from "./handlers.ts";
import { Tables } from "./tables.ts";
import { sweepLapsed } from "./time-to-live.ts";
import { forgetOldTokens } from "./transactions.ts";

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const SWEEP_MS = 60_000;

export interface DynamoDb extends AwsApi {
  /** Deletes what has lapsed by the tables' TTL attributes, as happens by itself each minute; resolves to how many items. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the tables that the program declares, with what they held before. Rejects with an Error that says what to do when
 * a table is stored with other keys or indexes, or its files are damaged or in use.
 */
export async function startDynamoDb({ recording, dataDir, authorize, now, log }: ServiceContext): Promise<DynamoDb> {
  const engine = await Engine.open(dataDir);
  const tables = new Tables(recording);
  try {
    await tables.update(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }

  async function sweep(): Promise<number> {
    await tables.update(engine);
    await forgetOldTokens(engine, now());
    let swept = 0;
    for (const { description, ttlAttribute } of tables.all()) {
      if (ttlAttribute) swept += await sweepLapsed(engine, description.TableName, ttlAttribute, now());
    }
    return swept;
  }
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log(`dynamodb: lapsed items could not be deleted: ${error}`));
  }, SWEEP_MS).unref();

  const guardKey = createKeyGuard({ recording, authorize, service: "dynamodb" });
  const handlers = Object.entries(createHandlers({ engine, tables, authorize, guardKey, now }));
  const operations = handlers.map(([name, handle]): [string, JsonOperation] => [
    name,
    async (input, call) => {
      await tables.update(engine);
      return handle(asMembers(input), call).catch(throwAwsError);
    },
  ]);
  return {
    ...jsonApi({
      service: "dynamodb",
      targetPrefix: "DynamoDB_20120810",
      operations: Object.fromEntries(operations),
      maxBodyBytes: MAX_BODY_BYTES,
    }),
    sweep,
    async close() {
      clearInterval(timer);
      await engine.close();
    },
  };
}

function asMembers(input: unknown): Input {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return { ...input };
  throw new AwsError("SerializationException", 400, "The request must be a JSON object.");
}

function throwAwsError(error: unknown): ReturnType<Handler> {
  if (!isDynaliteError(error)) throw error;
  const { __type, message, Message, ...members } = error.body;
  throw new AwsError(codeOf(error), error.statusCode, message ?? Message ?? "", members);
}
