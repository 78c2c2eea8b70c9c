import type { Readable } from "node:stream";
import type { Photo, PhotoId, PhotoStatus, RejectReason } from "../api/domain/photo.ts";
import type { Rendition } from "./make-renditions.ts";

/** An object whose bytes are on their way; the body must be read to its end or destroyed. */
export interface OpenedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly versionId: string | undefined;
  readonly body: Readable;
}

export interface ObjectStore {
  /** Undefined when nothing is there. */
  open(key: string): Promise<OpenedObject | undefined>;
  /** Removes that one version for good, or without one puts a delete marker over the object. Succeeds when it is gone. */
  remove(key: string, versionId?: string): Promise<void>;
  /** Puts delete markers over all that lies under a prefix. */
  removeAll(prefix: string): Promise<void>;
  /** Copies the very bytes that were opened; rejects when others have taken their place. */
  keepOriginal(photo: Photo, source: OpenedObject): Promise<void>;
  putRendition(id: PhotoId, rendition: Rendition): Promise<void>;
  /** Sends a file, which no memory has room for. */
  putVideo(photo: Photo, path: string): Promise<void>;
}

export interface Notice {
  readonly photoId: PhotoId;
  readonly status: PhotoStatus;
  readonly reason?: RejectReason;
}

/** Tells whoever subscribed, at least once. */
export type Announce = (notice: Notice) => Promise<void>;

/** A photo that is gone, and which of its original's events said so. */
export interface Removal {
  readonly id: PhotoId;
  readonly sequencer: string;
}

/** Makes every edge forget what was published of the photos. */
export type ForgetAtEdges = (removals: readonly Removal[]) => Promise<void>;

/** What a malware scanner says of an upload; `pending` before it has looked, `unscannable` when it can't. */
export type ScanVerdict = "pending" | "clean" | "infected" | "unscannable";

/** Asks for the scanner's verdict; rejects when there will be none until somebody mends the scanner. */
export type Scan = (source: OpenedObject) => Promise<ScanVerdict>;

/** Has SQS hand out a message again after so many seconds, counted from now. */
export type Postpone = (message: { receiptHandle: string; eventSourceARN: string }, seconds: number) => Promise<void>;

/** One entry of the worker's log; never a signature, token or key. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;
