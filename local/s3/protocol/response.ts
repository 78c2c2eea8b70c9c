import type { Readable } from "node:stream";
import { renderXml, type XmlContent } from "./xml.ts";

/** What an operation answers; headers that are undefined are left out. */
export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Readable;
}

export function xmlResponse(root: string, content: XmlContent, headers: S3Response["headers"] = {}): S3Response {
  return { status: 200, headers: { ...headers, "content-type": "application/xml" }, body: renderXml(root, content) };
}

export const noContent: S3Response = { status: 204 };

/** HTTP's date, to the second. */
export function httpDate(date: Date): string {
  return date.toUTCString();
}
