import Type, { type Static } from "typebox";
import type { Part as DomainPart } from "../../domain/part-plan.ts";
import type { ArrivedParts as DomainArrivedParts } from "../../domain/use-cases/multipart/manage-multipart.ts";
import { MultipartUpload, PresignedRequest, Sha256 } from "./upload.ts";

/** S3 takes 10,000 parts, of about 80 bytes each in JSON. */
export const completeBodyLimit = 2 * 1024 ** 2;

export const PartNumber = Type.Integer({ minimum: 1, maximum: 10_000, examples: [1] });

const ETag = Type.String({
  pattern: '^("[0-9a-fA-F]{32,64}"|[0-9a-fA-F]{32,64})$',
  description: "As S3 answered the part, with its quotes or without.",
  examples: ["9bb58f26192e4ba00f01e2e7b136bbd8"],
});

export const Part = Type.Object({ partNumber: PartNumber, etag: ETag }, { additionalProperties: false });

const UploadedPart = Type.Object({
  partNumber: PartNumber,
  etag: ETag,
  size: Type.Integer({ description: "Bytes.", examples: [5_242_880] }),
  sha256: Type.Optional({ ...Sha256, description: "Where S3 held the part to it." }),
});

const { partSize, partCount } = MultipartUpload.properties;

export const ArrivedParts = Type.Object(
  { partSize, partCount, parts: Type.Array(UploadedPart) },
  { description: "The plan, and what S3 has of it." },
);

export const PresignedPart = Type.Object(
  { partNumber: PartNumber, ...PresignedRequest.properties },
  { $id: "PresignedPart", description: "A request that uploads one part; keep the ETag of its answer." },
);

export function toArrivedParts({ parts, ...plan }: DomainArrivedParts): Static<typeof ArrivedParts> {
  return { ...plan, parts: [...parts] };
}

export function toPart({ partNumber, etag }: Static<typeof Part>): DomainPart {
  return { partNumber, etag: etag.replaceAll('"', "") };
}
