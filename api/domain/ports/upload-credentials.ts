import type { UserId } from "../photo.ts";

/** Credentials of AWS that expire. They are secrets, all three of the strings together. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Where a user's uploads go, and what opens that place and no other. */
export interface UploadAccess {
  readonly credentials: TemporaryCredentials;
  readonly bucket: string;
  readonly region: string;
  /** Of every key that may be uploaded to, with the slash at its end. */
  readonly prefix: string;
}

/** Rejects with DependencyUnavailableError when there are no credentials to be had. */
export type IssueUploadAccess = (userId: UserId) => Promise<UploadAccess>;
