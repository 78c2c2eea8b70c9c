import { recorded } from "./recorded.ts";

const indexes = ["gsi1", "gsi2", "gsi3", "gsi4"];

/** The table of the platform, as `PhotoTable` declares it. */
export const photosTable = recorded("aws:dynamodb/table:Table", "photos", {
  name: "photos",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "pk",
  rangeKey: "sk",
  attributes: ["", ...indexes].flatMap((index) => [`${index}pk`, `${index}sk`]).map((name) => ({ name, type: "S" })),
  globalSecondaryIndexes: indexes.map((name) => ({
    name,
    hashKey: `${name}pk`,
    rangeKey: `${name}sk`,
    projectionType: name === "gsi1" ? "ALL" : "KEYS_ONLY",
  })),
  ttl: { attributeName: "ttl", enabled: true },
});
