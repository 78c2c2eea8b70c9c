import { UploadRefusedError } from "./errors.ts";
import type { S3Answer } from "./platform.ts";
import { isTransient } from "./retry.ts";

/** Undefined when S3 has the bytes. It has, too, when it says so by 412: the URL takes these bytes only, and only once. */
export function refusalOf({ status, body }: S3Answer): UploadRefusedError | undefined {
  if (status === 200 || status === 412) return undefined;
  return new UploadRefusedError(status, element(body, "Code") ?? "no code", element(body, "Message") ?? "no message");
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

export function saysExpired({ status, code, message }: UploadRefusedError): boolean {
  return code === "ExpiredToken" || (status === 403 && message.includes("Request has expired"));
}

/** A conflict is another attempt of ours that S3 has not given up yet. */
export function mayPass({ status, code }: UploadRefusedError): boolean {
  return isTransient(status) || status === 500 || status === 409 || code === "RequestTimeout";
}
