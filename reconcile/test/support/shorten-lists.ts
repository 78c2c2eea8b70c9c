import type { S3Client } from "@aws-sdk/client-s3";

/** Lets S3 answer lists in pages of so many, for want of the thousands that fill one. */
export function shortenLists({ middlewareStack }: S3Client, limit: number): void {
  middlewareStack.add(
    (next, { commandName = "" }) =>
      async ({ input, ...rest }) =>
        next({
          input: commandName.startsWith("List") ? { MaxKeys: limit, MaxUploads: limit, ...input } : input,
          ...rest,
        }),
    { step: "initialize" },
  );
}
