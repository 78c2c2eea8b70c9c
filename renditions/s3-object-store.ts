import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Photo, photoKeys, type RenditionFormat, videoExtensions } from "../api/domain/photo.ts";
import { cacheTagMetadata } from "./forget-at-edges.ts";
import type { ObjectStore } from "./ports.ts";

/** A key is written once and never changed, only removed. */
const CacheControl = "max-age=31536000, immutable";

const imageTypes: Record<RenditionFormat, string> = { webp: "image/webp", avif: "image/avif", jpg: "image/jpeg" };

export function createS3ObjectStore({ client, bucket: Bucket }: { client: S3Client; bucket: string }): ObjectStore {
  return {
    async open(Key) {
      const answer = await client.send(new GetObjectCommand({ Bucket, Key })).catch((error: unknown) => {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      });
      if (!answer) return undefined;
      const { Body, ContentLength, ETag, VersionId } = answer;
      if (!(Body instanceof Readable) || ContentLength === undefined || ETag === undefined) {
        throw new TypeError(`S3 answered ${Key} without a body, its length or its ETag`);
      }
      return { key: Key, size: ContentLength, etag: ETag, versionId: VersionId, body: Body };
    },

    async remove(Key, VersionId) {
      await client.send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }));
    },

    async removeAll(Prefix) {
      // Of one photo there are never more than S3 lists at once.
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
    },

    async keepOriginal(photo, source) {
      await client.send(
        new CopyObjectCommand({
          Bucket,
          Key: photoKeys.original(photo.id),
          CopySource: `${Bucket}/${source.key.split("/").map(encodeURIComponent).join("/")}`,
          CopySourceIfMatch: source.etag,
          MetadataDirective: "REPLACE",
          // Without the scanner's tags, which nobody reads there, and which the worker may not set.
          TaggingDirective: "REPLACE",
          Metadata: cacheTagMetadata(photo.id),
          ContentType: photo.contentType,
          ContentDisposition: attachment(photo),
          CacheControl,
        }),
      );
    },

    async putRendition(id, { name, format, bytes }) {
      const Key = photoKeys.rendition(id, name, format);
      const ContentType = imageTypes[format];
      const Metadata = cacheTagMetadata(id);
      await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, Metadata, ContentType, CacheControl }));
    },

    async putVideo({ id, contentType: ContentType }, path) {
      const extension = videoExtensions.get(ContentType);
      if (extension === undefined) throw new TypeError(`A photo of the type ${ContentType} is no video`);
      const Key = photoKeys.video(id, extension);
      await using file = await open(path);
      const { size: ContentLength } = await file.stat();
      const Body = file.createReadStream({ autoClose: false });
      const Metadata = cacheTagMetadata(id);
      await client.send(
        new PutObjectCommand({ Bucket, Key, Body, ContentLength, Metadata, ContentType, CacheControl }),
      );
    },
  };
}

/** A download, so that no browser ever runs what somebody uploaded; the name encoded as RFC 6266 and RFC 8187 say. */
function attachment({ filename }: Photo): string {
  if (filename === undefined) return "attachment";
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
