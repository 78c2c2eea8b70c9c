import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OpenedSource, Platform, PlatformOptions } from "../platform.ts";

/** Node's crypto and file system; bytes go through the app's own fetch. */
export function createPlatform({ fetch }: PlatformOptions): Platform {
  return {
    accept(source) {
      // A stream that fails while nobody listens ends the process. It stays failed, and so whoever reads it learns why.
      if (source instanceof Readable) source.on("error", () => {});
    },

    async open(source, signal) {
      if (typeof source === "string") return opened(await openAsBlob(source), basename(source));
      if (source instanceof Blob) return opened(source, "name" in source ? String(source.name) : undefined);
      if (source instanceof Uint8Array) return opened(new Blob([source as Uint8Array<ArrayBuffer>]));
      return spool(source, signal);
    },

    async sha256(bytes, { signal, onProgress }) {
      const hash = createHash("sha256");
      for await (const piece of piecesOf(bytes, onProgress)) {
        signal?.throwIfAborted();
        hash.update(piece);
      }
      return hash.digest("base64");
    },

    async put({ method, url, headers }, bytes, { signal, onProgress }) {
      const body = ReadableStream.from(piecesOf(bytes, onProgress));
      // With the length among the signed headers, fetch sends the stream plain: S3 takes no chunked encoding.
      const response = await fetch(url, { method, headers, body, duplex: "half", signal: signal ?? null });
      const etag = response.headers.get("etag") ?? undefined;
      return { status: response.status, body: await response.text(), etag };
    },
  };
}

const pieceBytes = 256 * 1024;

/** Counts a piece once the next one is asked for. */
async function* piecesOf(bytes: Blob, onProgress: (loaded: number) => void): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.size; start += pieceBytes) {
    const piece = new Uint8Array(await bytes.slice(start, start + pieceBytes).arrayBuffer());
    yield piece;
    onProgress(start + piece.length);
  }
}

function opened(bytes: Blob, filename?: string): OpenedSource {
  return { bytes, ...(filename !== undefined && { filename }), close: async () => {} };
}

/** A stream passes once, but its hash is announced before it is sent, and it may have to be sent again. */
async function spool(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<OpenedSource> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-upload-"));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, "bytes");
    await pipeline(Readable.from(source), createWriteStream(file, { mode: 0o600 }), { ...(signal && { signal }) });
    return { bytes: await openAsBlob(file), close };
  } catch (error) {
    await close();
    throw error;
  }
}
