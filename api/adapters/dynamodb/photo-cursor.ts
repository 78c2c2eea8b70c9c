import { hash } from "node:crypto";
import { InvalidCursorError } from "../../domain/errors.ts";
import type { PhotoId, UserId, Visibility } from "../../domain/photo.ts";

/** The list that a cursor belongs to. */
export interface ListedPhotos {
  readonly ownerId: UserId;
  readonly visibility?: Visibility | undefined;
}

const idBytes = 16;
const checkBytes = 8;

/**
 * A cursor says after which photo the next page begins, and a checksum binds it to its list. It needs no secret: whose
 * photos are read follows from the query alone, so that a forged cursor opens nothing but another page of the same list.
 */
export function encodeCursor(list: ListedPhotos, lastId: PhotoId): string {
  const id = Buffer.from(lastId.replaceAll("-", ""), "hex");
  return Buffer.concat([id, checksum(list, id)]).toString("base64url");
}

/** Throws InvalidCursorError for a damaged cursor and for one of another list. */
export function decodeCursor(list: ListedPhotos, cursor: string): PhotoId {
  const id = Buffer.from(cursor, "base64url").subarray(0, idBytes);
  const uuid = id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  if (encodeCursor(list, uuid) !== cursor) throw new InvalidCursorError();
  return uuid;
}

function checksum({ ownerId, visibility }: ListedPhotos, id: Buffer): Buffer {
  return hash("sha256", JSON.stringify([ownerId, visibility ?? null, id.toString("hex")]), "buffer").subarray(
    0,
    checkBytes,
  );
}
