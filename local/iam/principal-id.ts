import { createHash } from "node:crypto";
import { base32 } from "./access-keys.ts";

/** An id in IAM's form that is the same for the same ARN at every start. */
export function principalId(prefix: "AIDA" | "AROA", arn: string): string {
  const digest = createHash("sha256").update(arn).digest();
  return prefix + base32(digest.subarray(0, 17));
}
