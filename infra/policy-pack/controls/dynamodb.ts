import { type Control, faultsAt, is } from "../control.ts";

const types = ["aws:dynamodb/table:Table"];

export const dynamoDbControls: readonly Control[] = [
  {
    id: "DynamoDB.1",
    title: "A table's capacity follows demand",
    how: "`billingMode` is `PAY_PER_REQUEST`",
    types,
    faults: (it) => faultsAt(it, "billingMode", is("PAY_PER_REQUEST"), "take PAY_PER_REQUEST"),
  },
  {
    id: "DynamoDB.2",
    title: "A table can be brought back to any point in time",
    how: "`latchkey:pointInTimeRecovery`",
    types,
    faults: (it) => faultsAt(it, "pointInTimeRecovery.enabled", is(true), "set latchkey:pointInTimeRecovery to true"),
  },
  {
    id: "DynamoDB.6",
    title: "A table can't be deleted by mistake",
    how: "`latchkey:protectData`",
    types,
    faults: (it) => faultsAt(it, "deletionProtectionEnabled", is(true), "set latchkey:protectData to true"),
  },
];
