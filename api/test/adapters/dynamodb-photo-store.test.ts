import { createDynamoDbPhotoStore } from "../../adapters/dynamodb/photo-store.ts";
import { photoStoreContract } from "../photo-store.contract.ts";
import { startTestDynamoDb } from "../support/dynamodb.ts";

photoStoreContract("The DynamoDB store", async (now) => {
  const { client, tableName, close } = await startTestDynamoDb();
  return { store: createDynamoDbPhotoStore({ client, tableName, now }), close };
});
