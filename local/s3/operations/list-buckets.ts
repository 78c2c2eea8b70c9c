import type { ServiceOperation } from "../operation.ts";
import { owner } from "../protocol/owner.ts";
import { xmlResponse } from "../protocol/response.ts";
import { invalidArgument } from "../protocol/s3-error.ts";

const largestPage = 10_000;

export const listBuckets: ServiceOperation = {
  name: "ListBuckets",
  on: "service",
  action: "s3:ListAllMyBuckets",
  async run({ request: { query }, buckets, recording }) {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const limit = pageSize(query.get("max-buckets"));
    const rest = buckets.list().filter(({ name }) => name.startsWith(prefix) && name > after);
    const page = rest.slice(0, limit);
    return xmlResponse("ListAllMyBucketsResult", {
      Owner: owner(recording),
      Buckets: {
        Bucket: page.map(({ name, createdAt }) => ({
          Name: name,
          CreationDate: createdAt,
          BucketRegion: recording.region,
        })),
      },
      ContinuationToken: rest.length > page.length ? page.at(-1)?.name : undefined,
      Prefix: query.has("prefix") ? prefix : undefined,
    });
  },
};

function pageSize(value: string | null): number {
  const size = value === null ? largestPage : Number(value);
  if (Number.isInteger(size) && size >= 1 && size <= largestPage) return size;
  throw invalidArgument(
    "max-buckets",
    value ?? "",
    `Argument max-buckets must be an integer between 1 and ${largestPage}`,
  );
}
