import type { Readable } from "node:stream";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { type Headers, single } from "./headers.ts";
import type { OriginRequest } from "./origin-request.ts";

/** CloudFront compresses bodies within these sizes, in bytes. */
const least = 1_000;
const most = 10_000_000;

/** Most of CloudFront's list; pictures and videos are compressed already and are not on it. */
const compressible =
  /^(text\/.+|image\/svg\+xml|font\/(otf|ttf)|application\/(.+\+)?(json|xml)|application\/(javascript|x-javascript|wasm|vnd\.apple\.mpegurl|vnd\.ms-fontobject))$/;

/** The encoding in which the edge keeps a response; undefined leaves it as it came. */
export function compressionFor(
  { behaviour, encoding }: OriginRequest,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): "br" | "gzip" | undefined {
  const type = (single(headers, "content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const length = Number(single(headers, "content-length"));
  const wanted = behaviour.compress && status === 200 && compressible.test(type) && length >= least && length <= most;
  return wanted && headers["content-encoding"] === undefined ? encoding : undefined;
}

export function compressed(source: Readable, encoding: "br" | "gzip"): Readable {
  const encoder =
    encoding === "gzip" ? createGzip() : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  source.once("error", (error) => encoder.destroy(error));
  encoder.once("close", () => source.destroy());
  return source.pipe(encoder);
}

/** The headers of the compressed form: its length is not known yet, and its bytes are no longer those of a strong ETag. */
export function compressedHeaders(headers: Headers, encoding: "br" | "gzip"): Headers {
  const { "content-length": _, "accept-ranges": __, etag, ...others } = headers;
  const weak = typeof etag === "string" && !etag.startsWith("W/") ? `W/${etag}` : etag;
  return {
    ...others,
    ...(weak !== undefined && { etag: weak }),
    "content-encoding": encoding,
    vary: [headers.vary ?? [], "Accept-Encoding"].flat().join(", "),
  };
}
