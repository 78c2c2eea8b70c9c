import { hash } from "node:crypto";
import { InvalidCursorError } from "../../domain/errors.ts";

const checkBytes = 8;

/**
 * A cursor says after which item of a list the next page begins, and a checksum binds it to its list. It needs no secret:
 * what is read follows from the query alone, so that a forged cursor opens nothing but another page of the same list.
 */
export function encodeCursor(list: string, last: string): string {
  return Buffer.concat([checksum(list, last), Buffer.from(last)]).toString("base64url");
}

/** Throws InvalidCursorError for a damaged cursor, one of another list, and one whose item `shape` does not match. */
export function decodeCursor(list: string, cursor: string, shape: RegExp): string {
  const last = Buffer.from(cursor, "base64url").subarray(checkBytes).toString();
  if (!shape.test(last) || encodeCursor(list, last) !== cursor) throw new InvalidCursorError();
  return last;
}

function checksum(list: string, last: string): Buffer {
  return hash("sha256", JSON.stringify([list, last]), "buffer").subarray(0, checkBytes);
}
