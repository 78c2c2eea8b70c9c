import type { Stretch } from "./walk.ts";

/** The media bucket as the reconciler sees it: what is there, never what is in it. */
export interface Bucket {
  /** Keys under a prefix that are not deleted, in order, those after one of them or all. */
  objects(prefix: string, after?: string): AsyncIterable<Stretch<StoredObject>>;
  /** Keys under a prefix with every version of theirs, deleted or not; of more than a thousand to a key, some. */
  versions(prefix: string, after?: string): AsyncIterable<Stretch<StoredKey>>;
  /** Uploads in parts that are neither completed nor aborted, by key. */
  multipartUploads(after?: string): AsyncIterable<Stretch<MultipartUpload>>;
  /** All keys that begin with any of some prefixes, and others; cheap where many of them lie close together. */
  keysUnder(prefixes: readonly string[]): Promise<ReadonlySet<string>>;
  /** When a delete marker was put over a key; undefined when its object is there, or never was. */
  deletedAt(key: string): Promise<Date | undefined>;

  /** Puts a delete marker over an object, be there one or not. */
  hide(key: string): Promise<void>;
  /** Removes one version for good; succeeds when it is gone. */
  erase(key: string, versionId: string): Promise<void>;
  /** Throws the parts of an upload away; succeeds when it is gone. */
  abort(upload: MultipartUpload): Promise<void>;
}

export interface StoredObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface StoredKey {
  readonly key: string;
  readonly versions: readonly StoredVersion[];
}

export interface StoredVersion {
  readonly versionId: string;
  readonly modifiedAt: Date;
  readonly latest: boolean;
  /** It holds no bytes, and only says that the object was deleted. */
  readonly marker: boolean;
}

export interface MultipartUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly begunAt: Date;
}

/** Puts the event of an upload on the worker's queue again, as S3 would have sent it. */
export type ResendEvent = (key: string, versionId: string) => Promise<void>;

/** One entry of the reconciler's log; never a signature, token or key. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;
