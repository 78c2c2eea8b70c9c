import { recorded } from "./recorded.ts";

/** The table of the platform, as `PhotoTable` declares it. */
export const photosTable = recorded("aws:dynamodb/table:Table", "photos", {
  name: "photos",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "pk",
  rangeKey: "sk",
  attributes: ["pk", "sk", "gsi1pk", "gsi1sk"].map((name) => ({ name, type: "S" })),
  globalSecondaryIndexes: [{ name: "gsi1", hashKey: "gsi1pk", rangeKey: "gsi1sk", projectionType: "ALL" }],
  ttl: { attributeName: "ttl", enabled: true },
});
