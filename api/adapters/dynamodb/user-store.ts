import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { UserStore } from "../../domain/ports/user-store.ts";
import { newcomer } from "../../domain/user.ts";
import { batchGet, type Table } from "./batches.ts";
import { namesIn, updateExpression } from "./expressions.ts";
import { guard } from "./failures.ts";
import { userKey } from "./keys.ts";
import { parseUserItem, userPlacement } from "./user-item.ts";

/** Users in DynamoDB, an item each. */
export function createDynamoDbUserStore(table: Table): UserStore {
  const { client, tableName: TableName } = table;

  const findMany: UserStore["findMany"] = async (ids) => {
    const items = await batchGet(table, [...new Set(ids)].map(userKey));
    const found = new Map(items.map(parseUserItem).map((user) => [user.id, user]));
    return ids.map((id) => found.get(id) ?? newcomer(id));
  };

  return {
    findMany,

    async find(id) {
      const [user] = await findMany([id]);
      return user ?? newcomer(id);
    },

    async rename(id, displayName) {
      const named = displayName !== null && { displayName: { S: displayName } };
      const { expression, values } = updateExpression({ ...userPlacement(id), ...named }, named ? [] : ["displayName"]);
      const { Attributes } = await guard(
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: userKey(id),
            UpdateExpression: expression,
            ExpressionAttributeNames: namesIn(expression),
            ExpressionAttributeValues: values,
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return Attributes ? parseUserItem(Attributes) : newcomer(id);
    },
  };
}
