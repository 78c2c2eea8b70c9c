import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

/** What was asked of DynamoDB, and what it charges for that. */
export interface Consumption {
  readonly requests: number;
  readonly readUnits: number;
}

/** A client that counts what it asks for, by what DynamoDB itself says that each request consumed. */
export function createMeteredClient(config: DynamoDBClientConfig) {
  const client = new DynamoDBClient(config);
  let consumed: Consumption = { requests: 0, readUnits: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      const { requests, readUnits } = consumed;
      consumed = { requests: requests + 1, readUnits: readUnits + unitsOf(answer.output) };
      return answer;
    },
    { step: "initialize", name: "meter" },
  );
  return {
    client,
    /** What `work` consumes; nothing else may use the client meanwhile. */
    async measure(work: () => Promise<unknown>): Promise<Consumption> {
      consumed = { requests: 0, readUnits: 0 };
      await work();
      return consumed;
    },
  };
}

/** One figure for a query, one for each table of a batch. */
function unitsOf(output: object): number {
  const charged: unknown = Reflect.get(output, "ConsumedCapacity");
  return [charged].flat().reduce<number>((sum, each) => {
    const units: unknown = each instanceof Object ? Reflect.get(each, "CapacityUnits") : undefined;
    return sum + (typeof units === "number" ? units : 0);
  }, 0);
}
