import { STSClient } from "@aws-sdk/client-sts";
import { createStsUploadAccess, type StsUploadAccessOptions } from "../adapters/sts-upload-access.ts";
import type { IssueUploadAccess } from "../domain/ports/upload-credentials.ts";
import type { ClientSettings } from "./client-settings.ts";

/** Hands out temporary credentials for uploads. */
export function createUploadAccess(
  aws: ClientSettings,
  options: Omit<StsUploadAccessOptions, "client">,
): IssueUploadAccess {
  return createStsUploadAccess({ client: new STSClient(aws), ...options });
}
