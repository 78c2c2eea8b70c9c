import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  type Photo,
  type PhotoId,
  photoStatuses,
  rejectReasons,
  type SignedPart,
  type UserId,
  visibilities,
  type WindowSignature,
} from "../../domain/photo.ts";

export type Item = Record<string, AttributeValue>;

/** Only the table's keys, which every operation on one photo takes. */
export const photoKey = (id: PhotoId): Item => ({ pk: { S: `PHOTO#${id}` }, sk: { S: "PHOTO" } });

/** The partition of the index in which an owner's photos lie, sorted by their ids and so by time of creation. */
export const ownerKey = (ownerId: UserId): AttributeValue => ({ S: `OWNER#${ownerId}` });

/** Where a photo stands in the index: what DynamoDB takes to read on after it. */
export const indexKey = (ownerId: UserId, id: PhotoId): Item => ({
  ...photoKey(id),
  gsi1pk: ownerKey(ownerId),
  gsi1sk: { S: `PHOTO#${id}` },
});

export const signatureAttribute: Record<SignedPart, string> = {
  media: "mediaSignature",
  original: "originalSignature",
};

export const toSeconds = (date: Date): AttributeValue => ({ N: String(Math.floor(date.getTime() / 1000)) });

export function toPhotoItem(photo: Photo, reservedUntil: Date): Item {
  return {
    ...indexKey(photo.ownerId, photo.id),
    ttl: toSeconds(reservedUntil),
    ownerId: { S: photo.ownerId },
    contentType: { S: photo.contentType },
    size: { N: String(photo.size) },
    visibility: { S: photo.visibility },
    status: { S: photo.status },
    createdAt: { S: photo.createdAt.toISOString() },
    ...(photo.title !== undefined && { title: { S: photo.title } }),
    ...(photo.filename !== undefined && { filename: { S: photo.filename } }),
    ...(photo.sha256 !== undefined && { sha256: { S: photo.sha256 } }),
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
    status: oneOf(item, "status", photoStatuses),
    createdAt: date(item, "createdAt"),
    ...optional(item, "albumId", text),
    ...optional(item, "title", text),
    ...optional(item, "filename", text),
    ...optional(item, "sha256", text),
    ...optional(item, "width", count),
    ...optional(item, "height", count),
    ...optional(item, "takenAt", date),
    ...optional(item, "reason", (from, name) => oneOf(from, name, rejectReasons)),
    ...parseSignatures(item),
  };
}

/** The id in the keys of an item. */
export function parsePhotoKey(item: Item): PhotoId {
  const [kind, id] = text(item, "pk").split("#");
  return kind === "PHOTO" && id ? id : refuse(item, "pk", "PHOTO#{id}");
}

/** The reservation has ended. DynamoDB itself may take days to delete such an item. */
export function isLapsed(item: Item, now: Date): boolean {
  return item.ttl?.N !== undefined && Number(item.ttl.N) * 1000 <= now.getTime();
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

type Read<T> = (item: Item, name: string) => T;

/** `{ [as]: … }`, or nothing where the item has no such attribute. */
function optional<T, K extends string>(item: Item, name: K, read: Read<T>): { [P in K]?: T };
function optional<T, K extends string>(item: Item, name: string, read: Read<T>, as: K): { [P in K]?: T };
function optional<T>(item: Item, name: string, read: Read<T>, as = name): Record<string, T> {
  return item[name] === undefined ? {} : { [as]: read(item, name) };
}

function text(item: Item, name: string): string {
  return item[name]?.S ?? refuse(item, name, "a string");
}

function count(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(item, name, "a whole number");
}

function date(item: Item, name: string): Date {
  const value = new Date(text(item, name));
  return Number.isNaN(value.getTime()) ? refuse(item, name, "a time") : value;
}

function oneOf<T extends string>(item: Item, name: string, values: readonly T[]): T {
  return values.find((value) => value === item[name]?.S) ?? refuse(item, name, `one of ${values.join(", ")}`);
}

function refuse(item: Item, name: string, expected: string): never {
  throw new TypeError(`The item ${item.pk?.S ?? "within a photo"} has no valid ${name}: expected ${expected}`);
}
