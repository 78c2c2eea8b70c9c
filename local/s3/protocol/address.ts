import { isIP } from "node:net";
import { S3Error } from "./s3-error.ts";

/** What a request is about: nothing for the service itself, a bucket, or an object in it. */
export interface S3Address {
  readonly bucket?: string;
  readonly key?: string;
}

const longestKeyBytes = 1024;

/** Reads `/bucket/key` on a service's host or `/key` on a bucket's own host; throws InvalidURI and KeyTooLongError. */
export function parseAddress(host: string | undefined, path: string): S3Address {
  const decoded = decodePath(path.slice(1));
  const hostBucket = bucketOfHost(host ?? "");
  const slash = decoded.indexOf("/");
  const bucket = hostBucket ?? (slash === -1 ? decoded : decoded.slice(0, slash));
  const key = hostBucket ? decoded : slash === -1 ? "" : decoded.slice(slash + 1);
  if (bucket === "") return {};
  return key === "" ? { bucket } : { bucket, key: checkKey(key) };
}

/** A key is at most 1024 bytes of UTF-8. */
export function checkKey(key: string): string {
  const size = Buffer.byteLength(key);
  if (size > longestKeyBytes) {
    throw new S3Error("KeyTooLongError", { details: { Size: String(size), MaxSizeAllowed: String(longestKeyBytes) } });
  }
  return key;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error("InvalidURI");
  }
}

const serviceHosts = [
  /^(?:(?<bucket>.+)\.)?s3\.localhost$/,
  /^(?:(?<bucket>.+)\.)?localhost$/,
  /^(?:(?<bucket>.+?)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com$/,
];

/** `photos.localhost` and `photos.s3.eu-west-1.amazonaws.com` name a bucket; an address or any other host names none. */
function bucketOfHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (isIP(name)) return undefined;
  for (const pattern of serviceHosts) {
    const match = pattern.exec(name);
    if (match) return match.groups?.bucket;
  }
  return undefined;
}
