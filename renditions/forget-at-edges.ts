import { createHash } from "node:crypto";
import { type CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import type { PhotoId } from "../api/domain/photo.ts";
import type { ForgetAtEdges } from "./ports.ts";

/** The metadata that S3 answers as `x-amz-meta-cache-tag`, the header that the distribution reads cache tags from. */
export function cacheTagMetadata(id: PhotoId): Record<string, string> {
  return { "cache-tag": cacheTag(id) };
}

function cacheTag(id: PhotoId): string {
  return `photo-${id}`;
}

/**
 * One invalidation for all photos of a batch, by their cache tags: CloudFront counts and charges each tag as one path, be there ten
 * renditions or none at the edges, and works on 3,000 of those at a time.
 */
export function createForgetAtEdges(client: CloudFrontClient, DistributionId: string): ForgetAtEdges {
  return async (removals) => {
    const Items = [...new Set(removals.map(({ id }) => `#${cacheTag(id)}`))];
    // The same for the same batch, so that one that comes again is no other invalidation; and CloudFront refuses a
    // reference that it has seen with other items.
    const sequencers = removals.map(({ id, sequencer }) => `${id} ${sequencer}`).sort();
    const CallerReference = createHash("sha256").update(sequencers.join("\n")).digest("hex");
    const InvalidationBatch = { Paths: { Quantity: Items.length, Items }, CallerReference };
    await client.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }));
  };
}
