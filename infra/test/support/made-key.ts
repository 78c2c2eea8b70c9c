import { generateKeyPairSync } from "node:crypto";

const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What the function that makes signing keys answers; one key for the whole test run, so that runs can be compared. */
export const madeKey = JSON.stringify({ publicKeyPem: publicKey.export({ type: "spki", format: "pem" }) });
