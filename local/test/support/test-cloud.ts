import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { type Cloud, type CloudOptions, startCloud } from "../../cloud.ts";
import type { Credentials } from "../../iam/types.ts";

export interface TestCloud extends Cloud {
  readonly dataDir: string;
  /** Lines that the services logged, newest last. */
  readonly lines: readonly string[];
}

/** The same cloud as `npm start`'s, on free ports; without a `dataDir` of its own it works in a folder that goes with it. */
export async function startTestCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "latchkey-")));
  const lines: string[] = [];
  const cloud = await startCloud({ stack: "dev", port: 0, log: (line) => lines.push(line), ...options, dataDir });
  return {
    ...cloud,
    dataDir,
    lines,
    async stop() {
      await cloud.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Keys = Pick<Credentials, "accessKeyId" | "secretAccessKey" | "sessionToken">;

/** A stock client for what the account's administrator or a role's session may do. */
export function s3ClientOf(cloud: Cloud, keys: Keys = cloud.admin): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return new S3Client({
    region: cloud.region,
    endpoint: cloud.s3,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    maxAttempts: 1,
  });
}
