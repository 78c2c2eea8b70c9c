import type { Item } from "./dynalite-types.ts";
import type { Engine } from "./engine.ts";
import { isConditionFailure } from "./errors.ts";
import { check } from "./operations.ts";

/** DynamoDB takes an older time for a mistake, and leaves the item. */
const OLDEST_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Deletes the items whose time has passed, and resolves to how many. DynamoDB takes up to days over it; we, a sweep. */
export async function sweepLapsed(engine: Engine, table: string, attribute: string, now: Date): Promise<number> {
  const seconds = Math.floor(now.getTime() / 1000);
  let deleted = 0;
  for await (const item of engine.items(table)) {
    const lapsesAt = Number(item[attribute]?.N);
    if (
      lapsesAt < seconds &&
      lapsesAt > seconds - OLDEST_SECONDS &&
      (await deleteUnchanged(engine, table, attribute, item))
    ) {
      deleted++;
    }
  }
  return deleted;
}

/** Spares an item whose time was put off since it was read. */
async function deleteUnchanged(engine: Engine, table: string, attribute: string, item: Item): Promise<boolean> {
  const keys = engine.table(table).KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]);
  const request = check("DeleteItem", {
    TableName: table,
    Key: Object.fromEntries(keys),
    ConditionExpression: "#ttl = :seen",
    ExpressionAttributeNames: { "#ttl": attribute },
    ExpressionAttributeValues: { ":seen": item[attribute] },
  });
  try {
    await engine.run("DeleteItem", request);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
