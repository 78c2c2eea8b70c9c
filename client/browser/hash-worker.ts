// Hashes one Blob in a worker, piece by piece: WebCrypto takes whole files only, and a video doesn't fit into memory.
import { sha256 } from "@noble/hashes/sha2.js";

/** Base64 at the end, bytes on the way, or why the Blob can't be read, as when the file has changed on disk. */
export type FromHashWorker = { readonly loaded: number } | { readonly sha256: string } | { readonly error: unknown };

const pieceBytes = 1024 * 1024;

self.addEventListener("message", async ({ data }: MessageEvent<Blob>) => {
  try {
    const hash = sha256.create();
    for (let start = 0; start < data.size; start += pieceBytes) {
      const piece = await data.slice(start, start + pieceBytes).arrayBuffer();
      hash.update(new Uint8Array(piece));
      answer({ loaded: start + piece.byteLength });
    }
    answer({ sha256: btoa(String.fromCharCode(...hash.digest())) });
  } catch (error) {
    answer({ error });
  }
});

function answer(message: FromHashWorker): void {
  self.postMessage(message);
}
