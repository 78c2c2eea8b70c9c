import type { ByteRange } from "../store/content-store.ts";
import { S3Error } from "./s3-error.ts";

/**
 * Reads `Range: bytes=…` against a size. Undefined, which means the whole object, for no range, several, or one that is
 * malformed; throws InvalidRange for one that lies outside.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, from = "", to = ""] = match;
  const first = from === "" ? Math.max(size - Number(to), 0) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  if (first > last) throw unsatisfiable(header ?? "", size);
  return { first, last };
}

export function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}

function unsatisfiable(requested: string, size: number): S3Error {
  return new S3Error("InvalidRange", {
    details: { RangeRequested: requested, ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}
