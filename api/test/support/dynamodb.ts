import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startDynamoDb } from "../../../local/dynamodb/dynamodb.ts";
import { photosTable } from "../../../local/test/support/photos-table.ts";
import { recorded, recordingOf } from "../../../local/test/support/recorded.ts";
import { startTestAccount } from "../../../local/test/support/test-account.ts";

export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  close(): Promise<void>;
}

/** Tests have clocks of their own, and what is past by the true one must not go from under them. */
const tableThatForgetsNothing = recorded("aws:dynamodb/table:Table", "photos", {
  ...photosTable.inputs,
  ttl: { attributeName: "ttl", enabled: false },
});

/** The local DynamoDB with the table of the platform, empty. */
export async function startTestDynamoDb(): Promise<TestDynamoDb> {
  const account = await startTestAccount(recordingOf(tableThatForgetsNothing), async (context) => [
    await startDynamoDb(context),
  ]);
  // As often as production tries: a machine that stood still finds its idle connections closed.
  const client = new DynamoDBClient({ ...account.client(), maxAttempts: 3 });
  return {
    client,
    tableName: "photos",
    async close() {
      client.destroy();
      await account.close();
    },
  };
}
