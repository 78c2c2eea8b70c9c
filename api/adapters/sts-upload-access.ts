import { hash } from "node:crypto";
import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { DependencyUnavailableError } from "../domain/errors.ts";
import { photoKeys, type UserId } from "../domain/photo.ts";
import type { IssueUploadAccess } from "../domain/ports/upload-credentials.ts";

export interface StsUploadAccessOptions {
  readonly client: STSClient;
  /** Of a role that may upload for anybody; what is handed out may for one user. */
  readonly roleArn: string;
  readonly bucket: string;
  readonly region: string;
}

/** The shortest life that STS gives. */
const lifeSeconds = 900;

/** What a user may do with credentials of their own: what the API's presigned uploads do, by any S3 client. */
const actions = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"];

/**
 * Hands out sessions of the upload role that a session policy confines to one user's prefix. IAM allows what both allow,
 * so that the role's own policy says what can be done at all and this one to whose keys.
 */
export function createStsUploadAccess({ client, roleArn, bucket, region }: StsUploadAccessOptions): IssueUploadAccess {
  const partition = roleArn.split(":")[1];

  return async (userId) => {
    const prefix = photoKeys.uploads(userId);
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName(userId),
      DurationSeconds: lifeSeconds,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: actions, Resource: `arn:${partition}:s3:::${bucket}/${prefix}*` },
          // What S3 then asks of KMS in the session's name; which key, and that S3 must ask, is the role's to say.
          { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: "*" },
        ],
      }),
    });
    const { Credentials: issued } = await client.send(command).catch((cause: unknown) => {
      throw new DependencyUnavailableError("sts", { cause });
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new DependencyUnavailableError("sts");
    return {
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      },
      bucket,
      region,
      prefix,
    };
  };
}

/** By which CloudTrail says who it was: the user's id, or its hash where STS does not take the id. */
function sessionName(userId: UserId): string {
  return /^[\w+=,.@-]{2,64}$/.test(userId) ? userId : `sha256-${hash("sha256", userId).slice(0, 32)}`;
}
