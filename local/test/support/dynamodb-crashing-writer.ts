import { Engine } from "../../dynamodb/engine.ts";
import { recordedTable } from "../../dynamodb/table-definition.ts";
import { checkTransactWrite } from "../../dynamodb/transaction-request.ts";
import { transactWrite } from "../../dynamodb/transactions.ts";
import { photosTable } from "./photos-table.ts";

/** Adds one to two items by transactions, for ever, and says so on stdout; its parent kills it in the middle. */
const [dataDir = ""] = process.argv.slice(2);
const engine = await Engine.open(dataDir);
await engine.define(
  recordedTable(photosTable, "photos", "arn:aws:dynamodb:eu-central-1:000000000000:table/photos").description,
);

const addOne = (pk: string) => ({
  Update: {
    TableName: "photos",
    Key: { pk: { S: pk }, sk: { S: "COUNT" } },
    UpdateExpression: "SET gsi1pk = :owner, gsi1sk = :pk ADD n :one",
    ExpressionAttributeValues: { ":one": { N: "1" }, ":owner": { S: "OWNER" }, ":pk": { S: pk } },
  },
});
for (;;) {
  await transactWrite(engine, checkTransactWrite({ TransactItems: [addOne("left"), addOne("right")] }), new Date());
  process.stdout.write(".");
}
