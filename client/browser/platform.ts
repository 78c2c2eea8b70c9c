import { unlessAborted } from "../abort.ts";
import type { Platform, PlatformOptions, S3Answer } from "../platform.ts";
import type { FromHashWorker } from "./hash-worker.ts";

/** Written as bundlers look for it. */
const defaultWorker = () => new Worker(new URL("./hash-worker.js", import.meta.url), { type: "module" });

/** A worker hashes, and XMLHttpRequest sends: fetch tells nothing of how far an upload is. */
export function createPlatform({ hashWorkerUrl }: PlatformOptions): Platform {
  return {
    // None of what a browser uploads fails by itself.
    accept() {},

    async open(source) {
      const filename = source instanceof File ? source.name : undefined;
      const bytes = source instanceof Uint8Array ? new Blob([source as Uint8Array<ArrayBuffer>]) : source;
      if (!(bytes instanceof Blob)) throw new TypeError("A browser uploads a File, a Blob or a Uint8Array");
      return { bytes, ...(filename !== undefined && { filename }), close: async () => {} };
    },

    sha256(bytes, { signal, onProgress }) {
      const worker = hashWorkerUrl ? new Worker(hashWorkerUrl, { type: "module" }) : defaultWorker();
      const hashing = new Promise<string>((resolve, reject) => {
        worker.addEventListener("message", ({ data }: MessageEvent<FromHashWorker>) => {
          if ("loaded" in data) onProgress(data.loaded);
          else if ("sha256" in data) resolve(data.sha256);
          else reject(data.error);
        });
        worker.addEventListener("error", ({ message }) => {
          const reason = message || "hash-worker.js was not found, or the page's Content-Security-Policy forbids it";
          reject(new Error(`The worker that hashes uploads did not start (${reason}); see the option hashWorkerUrl`));
        });
        worker.postMessage(bytes);
      });
      return unlessAborted(hashing, signal).finally(() => worker.terminate());
    },

    put({ method, url, headers }, bytes, { signal, onProgress }) {
      const request = new XMLHttpRequest();
      const sending = new Promise<S3Answer>((resolve, reject) => {
        request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
        request.addEventListener("load", () => {
          const etag = request.getResponseHeader("etag") ?? undefined;
          resolve({ status: request.status, body: request.responseText, etag });
        });
        request.addEventListener("error", () => reject(new TypeError("The connection of the upload dropped")));
        request.open(method, url);
        for (const [name, value] of Object.entries(headers)) {
          // The browser sets it, and lets nobody else.
          if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
        }
        request.send(bytes);
      });
      return unlessAborted(sending, signal).finally(() => request.abort());
    },
  };
}
