import { generateKeyPairSync } from "node:crypto";

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The edge's value, by which a test finds where it went. */
export const madeValue = "an-edge-value-that-nobody-else-knows-of";

/** What the functions that make secrets answer; the same for the whole test run, so that runs can be compared. */
export const madeKey = JSON.stringify({
  publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
  value: madeValue,
});
