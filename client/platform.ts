import type { PresignedRequest } from "./schema.ts";

/** A path is for Node alone, as is a stream, which is kept in a temporary file while it is uploaded. */
export type UploadSource = Blob | Uint8Array | string | AsyncIterable<Uint8Array>;

/** The bytes of a source, to be read more than once. */
export interface OpenedSource {
  readonly bytes: Blob;
  readonly filename?: string;
  /** Gives back what was opened. */
  close(): Promise<void>;
}

export interface TransferOptions {
  readonly signal: AbortSignal | undefined;
  /** Told how many bytes are done. */
  readonly onProgress: (loaded: number) => void;
}

export interface S3Answer {
  readonly status: number;
  /** XML, when it is a refusal. */
  readonly body: string;
  /** Of what S3 has taken. */
  readonly etag: string | undefined;
}

/** What the client needs of where it runs. */
export interface Platform {
  /** Takes a source over at once, though it may wait for its turn: `open` tells what befalls it from here on. */
  accept(source: UploadSource): void;
  /** Rejects with a TypeError for a source that means nothing here. */
  open(source: UploadSource, signal: AbortSignal | undefined): Promise<OpenedSource>;
  /** Base64 of the SHA-256. */
  sha256(bytes: Blob, options: TransferOptions): Promise<string>;
  /** Sends exactly the presigned request; rejects with a TypeError when the connection drops. */
  put(request: PresignedRequest, bytes: Blob, options: TransferOptions): Promise<S3Answer>;
}

export interface PlatformOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Where a browser finds `hash-worker.js`, when the bundler doesn't put it beside the client. */
  readonly hashWorkerUrl?: string | URL | undefined;
}
