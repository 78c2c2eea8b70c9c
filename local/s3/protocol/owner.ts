import { createHash } from "node:crypto";
import type { Recording } from "../../program/recording.ts";

/** The account as S3 names owners: by a canonical user id, 64 hexadecimal digits that tell nothing of it. */
export function owner({ accountId }: Recording): { readonly ID: string } {
  return { ID: createHash("sha256").update(`canonical user of ${accountId}`).digest("hex") };
}
