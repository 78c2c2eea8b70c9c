import { type Headers, single } from "./headers.ts";

export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The range that a viewer asks for of a body of `length` bytes: undefined for the whole, which is also the answer to a
 * header that cannot be read, or asks for several.
 */
export function byteRange(header: string | undefined, length: number): ByteRange | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(" ", "") ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "")
    return Number(to) === 0 || length === 0
      ? "unsatisfiable"
      : { first: Math.max(0, length - Number(to)), last: length - 1 };
  if (to !== "" && Number(to) < Number(from)) return undefined;
  if (Number(from) >= length) return "unsatisfiable";
  return { first: Number(from), last: Math.min(to === "" ? length - 1 : Number(to), length - 1) };
}

/** Whether `If-Range`, where there is one, speaks of this very version; a weak ETag never does. */
export function rangeApplies(viewer: Headers, headers: Headers): boolean {
  const condition = single(viewer, "if-range");
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return condition === headers.etag;
  return condition === headers["last-modified"];
}

/** Whether the viewer has this version already. */
export function isNotModified(viewer: Headers, headers: Headers): boolean {
  const etags = single(viewer, "if-none-match");
  if (etags !== undefined) {
    const own = bare(single(headers, "etag"));
    return etags.trim() === "*" || (own !== undefined && etags.split(",").some((etag) => bare(etag) === own));
  }
  const since = Date.parse(single(viewer, "if-modified-since") ?? "");
  const modified = Date.parse(single(headers, "last-modified") ?? "");
  return modified <= since;
}

function bare(etag: string | undefined): string | undefined {
  return etag?.trim().replace(/^W\//, "");
}
