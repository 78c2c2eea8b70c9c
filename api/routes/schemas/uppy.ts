import Type, { type Static } from "typebox";
import type { UploadRequest as DomainUploadRequest } from "../../domain/use-cases/photos/reserve-uploads.ts";
import { typeOf } from "../../domain/use-cases/uppy/key-hint.ts";
import { type ProblemCode, problemKinds } from "../../problem.ts";
import { declareProblems } from "./problem.ts";
import { oneOf, ref } from "./ref.ts";
import { UploadRequest } from "./upload.ts";
import { exampleId, Filename } from "./values.ts";

export const UppyError = Type.Object(
  {
    error: Type.String({ description: "For people; may change.", examples: [problemKinds.PHOTO_NOT_FOUND.title] }),
    message: Type.String({ description: "The same, where Uppy 5 looks for it.", examples: ["Photo not found"] }),
    code: oneOf(Object.keys(problemKinds), { description: "For programs; does not change." }),
  },
  { $id: "UppyError", description: "What went wrong, as Uppy's companions say it." },
);

/** As `problems`, for the routes of Uppy. */
export function uppyProblems(...own: readonly ProblemCode[]): Record<never, never> {
  const example = (code: ProblemCode) => ({ error: problemKinds[code].title, message: problemKinds[code].title, code });
  return declareProblems(own, { type: "application/json", schema: ref(UppyError), example });
}

/** The problems of a route that reserves, and of one that names an upload. */
export const reserving = ["ALBUM_NOT_FOUND", "CONTENT_TYPE_NOT_ALLOWED", "UPLOAD_TOO_LARGE", "QUOTA_EXCEEDED"] as const;
export const naming = ["PHOTO_NOT_FOUND", "NO_MULTIPART_UPLOAD"] as const;

export const Key = Type.String({
  minLength: 1,
  maxLength: 1024,
  examples: [`uploads/f4b8a408-8091-7037-3cd2-9f1d0a6c2b11/${exampleId}`],
});
export const UploadId = Type.String({ minLength: 1, maxLength: 512, examples: ["VXBsb2FkIElE"] });
export const UploadIdParams = Type.Object({ uploadId: UploadId });
export const KeyQuery = Type.Object({ key: Key });
export const BucketName = Type.String({ examples: ["latchkey-media-0f1e2d3"] });
export const FileName = Filename;
export const FileType = Type.String({ maxLength: 127, examples: ["image/jpeg"] });
export const SecondsLeft = Type.Integer({ description: "Seconds until it expires.", examples: [900] });
export const Url = Type.String({
  format: "uri",
  examples: ["https://bucket.s3.eu-central-1.amazonaws.com/uploads/f4b8a408/01990b1c"],
});
export const QuotedETag = Type.String({
  pattern: '^("[0-9a-fA-F]{32,64}"|[0-9a-fA-F]{32,64})$',
  examples: ['"9bb58f26192e4ba00f01e2e7b136bbd8"'],
});

export function textMap(description: string, example: Readonly<Record<string, string>>) {
  return Type.Unsafe<Readonly<Record<string, string>>>({
    type: "object",
    additionalProperties: { type: "string" },
    description,
    examples: [example],
  });
}

const { sha256, title, albumId, visibility } = UploadRequest.properties;

/** What of a file's metadata means something here; apps have more of their own. All of it comes as text. */
export const Metadata = Type.Object({
  size: Type.Optional(
    Type.Union([UploadRequest.properties.size, Type.String({ pattern: "^[1-9]\\d{0,14}$" })], {
      description: "Bytes, exactly: pins the upload's length. Uppy says it only when an app has it do so.",
    }),
  ),
  sha256,
  title,
  albumId,
  visibility,
});

type MetadataQuery = {
  readonly [Name in keyof Static<typeof Metadata> as `metadata[${Name}]`]: Static<typeof Metadata>[Name];
};

/** A query has it by names of its own. */
export function metadataIn(query: MetadataQuery): Static<typeof Metadata> {
  const names = ["size", "sha256", "title", "albumId", "visibility"] as const;
  return Object.fromEntries(
    names.flatMap((name) => (query[`metadata[${name}]`] === undefined ? [] : [[name, query[`metadata[${name}]`]]])),
  );
}

interface UppyFile {
  readonly filename?: string | undefined;
  readonly type?: string | undefined;
  readonly metadata: Static<typeof Metadata>;
}

export function toUploadRequest({ filename, type, metadata }: UppyFile): DomainUploadRequest {
  const { size, sha256, title, albumId, visibility } = metadata;
  return {
    contentType: typeOf(type, filename),
    ...(filename !== undefined && { filename }),
    ...(size !== undefined && { size: Number(size) }),
    ...(sha256 !== undefined && { sha256 }),
    ...(title !== undefined && { title }),
    ...(albumId !== undefined && { albumId }),
    ...(visibility !== undefined && { visibility }),
  };
}

/** Browsers set the length themselves, and refuse to be told it. */
export function toBrowserHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { "content-length": _, ...others } = headers;
  return others;
}

export function secondsUntil(expiresAt: Date, now: Date): number {
  return Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
}
