import { hash, type KeyObject } from "node:crypto";
import type { Credentials } from "../../api/adapters/sigv4-session.ts";
import type { Viewer } from "../../api/domain/ports/sign-in.ts";

/** Values of the length and shape of real ones. */
export const exampleKeyId = "K2JCJMDEHXQW5F";
export const exampleMediaUrl = "https://d111111abcdef8.cloudfront.net";
export const exampleClientId = "7example23456client7890abc";
export const exampleBucket = "latchkey-media-0f1e2d3";
export const exampleViewer: Viewer = { userId: "2f6b1c1e-8b7a-4b43-9d5c-1f2e3d4c5b6a", groups: [] };

/** Of a Lambda function's role, whose session token is long. */
export const exampleCredentials: Credentials = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: Buffer.concat(Array.from({ length: 10 }, (_, part) => hash("sha512", String(part), "buffer"))).toString(
    "base64",
  ),
};

export const exampleUpload = {
  key: `uploads/${exampleViewer.userId}/0195a1b2-c3d4-7e5f-8a6b-000000000000`,
  contentType: "image/jpeg",
  size: 4_194_304,
  sha256: "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
};

export function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
