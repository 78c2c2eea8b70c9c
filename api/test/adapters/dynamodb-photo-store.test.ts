import { createStores } from "../../compose/stores.ts";
import { photoStoreContract } from "../photo-store.contract.ts";
import { startTestDynamoDb } from "../support/dynamodb.ts";

photoStoreContract("The DynamoDB store", async (now) => {
  const { client, tableName, close } = await startTestDynamoDb();
  const { photos: store, users, albums } = createStores({ client, tableName, now });
  return { store, users, albums, close };
});
