import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  furtherFormats,
  type Photo,
  type PhotoId,
  rejectReasons,
  type SignedPart,
  uploadStatuses,
  visibilities,
  type WindowSignature,
} from "../../domain/photo.ts";
import { dueAt, isShared } from "../../domain/photo-changes.ts";
import { count, date, flag, idIn, oneOf, optional, refuse, someOf, text } from "./attributes.ts";
import { type Item, photoKey, placed, places } from "./keys.ts";

export const signatureAttribute: Record<SignedPart, string> = {
  media: "mediaSignature",
  original: "originalSignature",
};

export const toSeconds = (date: Date): AttributeValue => ({ N: String(Math.floor(date.getTime() / 1000)) });

/** The reconciler comes first; DynamoDB deletes only what it has missed for so long. */
const backstopMs = 30 * 24 * 60 * 60 * 1000;

/** All but its signatures, which are kept apart and without a version. */
export function toPhotoItem(photo: Photo): Item {
  const { id, lapsesAt, resentAt, trashedAt, takenAt, formats } = photo;
  return {
    ...photoKey(id),
    ...placement(photo),
    ownerId: { S: photo.ownerId },
    contentType: { S: photo.contentType },
    size: { N: String(photo.size) },
    visibility: { S: photo.visibility },
    status: { S: photo.status },
    createdAt: { S: photo.createdAt.toISOString() },
    version: { N: String(photo.version) },
    ...(photo.albumId !== undefined && { albumId: { S: photo.albumId } }),
    ...(photo.title !== undefined && { title: { S: photo.title } }),
    ...(photo.filename !== undefined && { filename: { S: photo.filename } }),
    ...(photo.sha256 !== undefined && { sha256: { S: photo.sha256 } }),
    ...(photo.unsized && { unsized: { BOOL: true } }),
    ...(photo.multipart && { partSize: { N: String(photo.multipart.partSize) } }),
    ...(photo.multipart?.hashed && { partHashes: { BOOL: true } }),
    ...(photo.multipart?.uploadId !== undefined && { uploadId: { S: photo.multipart.uploadId } }),
    ...(photo.width !== undefined && { width: { N: String(photo.width) } }),
    ...(photo.height !== undefined && { height: { N: String(photo.height) } }),
    ...(photo.reason !== undefined && { reason: { S: photo.reason } }),
    ...(formats && { formats: { SS: [...formats] } }),
    ...(takenAt && { takenAt: { S: takenAt.toISOString() } }),
    ...(resentAt && { resentAt: { S: resentAt.toISOString() } }),
    ...(trashedAt && { trashedAt: { S: trashedAt.toISOString() } }),
    ...(lapsesAt && {
      lapsesAt: { S: lapsesAt.toISOString() },
      ttl: toSeconds(new Date(lapsesAt.getTime() + backstopMs)),
    }),
  };
}

/** In which lists it stands. */
function placement(photo: Photo): Item {
  const { id, ownerId, albumId } = photo;
  const due = dueAt(photo);
  return {
    ...placed(places.photoOfOwner(ownerId, id)),
    // From the trash as well: by this list a deleted album's photos are found, and one that comes back must not still name it.
    ...(albumId !== undefined && placed(places.photoOfAlbum(albumId, id))),
    ...(isShared(photo) && placed(places.sharedPhoto(ownerId, id))),
    ...(due && placed(places.due(due, `PHOTO#${id}`))),
  };
}

export function toSignatureValue(signature: WindowSignature): AttributeValue {
  const { keyId, resource, expiresAt, query } = signature;
  return {
    M: { keyId: { S: keyId }, resource: { S: resource }, expiresAt: toSeconds(expiresAt), query: { S: query } },
  };
}

/** Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parsePhotoItem(item: Item): Photo {
  return {
    id: parsePhotoKey(item),
    ownerId: text(item, "ownerId"),
    contentType: text(item, "contentType"),
    size: count(item, "size"),
    visibility: oneOf(item, "visibility", visibilities),
    status: oneOf(item, "status", uploadStatuses),
    createdAt: date(item, "createdAt"),
    version: count(item, "version"),
    ...optional(item, "albumId", text),
    ...optional(item, "title", text),
    ...optional(item, "filename", text),
    ...optional(item, "sha256", text),
    ...optional(item, "width", count),
    ...optional(item, "height", count),
    ...optional(item, "takenAt", date),
    ...optional(item, "formats", (from, name) => someOf(from, name, furtherFormats)),
    ...optional(item, "lapsesAt", date),
    ...optional(item, "resentAt", date),
    ...optional(item, "trashedAt", date),
    ...optional(item, "reason", (from, name) => oneOf(from, name, rejectReasons)),
    ...(item.unsized && flag(item, "unsized") && { unsized: true }),
    ...parseMultipart(item),
    ...parseSignatures(item),
  };
}

/** The id in the keys of a photo's item. */
export function parsePhotoKey(item: Item): PhotoId {
  return idIn(item, "pk", "PHOTO#");
}

function parseMultipart(item: Item): Pick<Photo, "multipart"> {
  if (item.partSize === undefined) return {};
  return {
    multipart: {
      partSize: count(item, "partSize"),
      ...(item.partHashes && flag(item, "partHashes") && { hashed: true }),
      ...optional(item, "uploadId", text),
    },
  };
}

function parseSignatures(item: Item): Pick<Photo, "signatures"> {
  const signatures = {
    ...optional(item, signatureAttribute.media, signature, "media"),
    ...optional(item, signatureAttribute.original, signature, "original"),
  };
  return Object.keys(signatures).length > 0 ? { signatures } : {};
}

function signature(item: Item, name: string): WindowSignature {
  const fields = item[name]?.M ?? refuse(item, name, "a map");
  return {
    keyId: text(fields, "keyId"),
    resource: text(fields, "resource"),
    expiresAt: new Date(count(fields, "expiresAt") * 1000),
    query: text(fields, "query"),
  };
}
