import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { type Account, createAccount } from "../../iam/account.ts";
import type { Credentials, PolicyStatement } from "../../iam/types.ts";
import type { RecordedResource } from "../../program/recording.ts";
import { type RunningS3, startS3 } from "../../s3/s3.ts";
import { signHeaders } from "../../sigv4/sign.ts";
import { recorded, recordingOf } from "./recorded.ts";

/** A message that S3 put into a queue. */
export interface Delivery {
  readonly queueArn: string;
  readonly body: string;
  readonly bucketArn: string;
}

export interface TestS3 {
  readonly account: Account;
  readonly dataDir: string;
  readonly logged: readonly string[];
  readonly deliveries: readonly Delivery[];
  /** Of the S3 that runs now. */
  readonly s3: RunningS3;
  readonly url: string;
  /** A stock client; the administrator's unless other credentials are given. */
  client(credentials?: Credentials, config?: Partial<S3ClientConfig>): S3Client;
  /** A request that is signed whole but otherwise as it is given, for what no stock client would send. */
  ask(method: string, path: string, request?: RawRequest): Promise<RawAnswer>;
  restart(): Promise<void>;
  /** Starts S3 on the same folder after it was closed by itself. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What the signature says the body is, when it is not to be the body. */
  readonly signedBody?: string | Buffer;
  /** The administrator's when left out. */
  readonly credentials?: Credentials | "anonymous";
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** S3's error code, when there is one. */
  readonly code: string | undefined;
}

export interface TestS3Options {
  readonly now?: () => Date;
  /** A new one when left out; removed by `close`. */
  readonly dataDir?: string;
  /** Called for each message before it counts as delivered; throws to refuse it. */
  readonly onDelivery?: (delivery: Delivery) => void;
}

/** The local S3 with the buckets of some recorded resources, in a folder of its own. */
export async function startTestS3(
  resources: readonly RecordedResource[],
  { now = () => new Date(), onDelivery = () => {}, ...options }: TestS3Options = {},
): Promise<TestS3> {
  const recording = recordingOf(...resources);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "latchkey-s3-")));
  const account = createAccount({ recording, dataDir, now });
  const logged: string[] = [];
  const deliveries: Delivery[] = [];
  const { credentials, authorize } = account;
  const open = () =>
    startS3(
      {
        recording,
        dataDir,
        credentials,
        authorize,
        now,
        log: (line) => logged.push(line),
        async deliver(queueArn, body, { bucketArn }) {
          onDelivery({ queueArn, body, bucketArn });
          deliveries.push({ queueArn, body, bucketArn });
        },
      },
      { port: 0, host: "127.0.0.1" },
    );
  let s3 = await open();
  const clients: S3Client[] = [];
  return {
    account,
    dataDir,
    logged,
    deliveries,
    get s3() {
      return s3;
    },
    get url() {
      return s3.url;
    },
    client(credentials = account.admin, config = {}) {
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      const client = new S3Client({
        region: recording.region,
        endpoint: s3.url,
        maxAttempts: 1,
        systemClockOffset: now().getTime() - Date.now(),
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
        ...config,
      });
      clients.push(client);
      return client;
    },
    async ask(method, path, request = {}) {
      const { headers = {}, body = "", signedBody = body, credentials = account.admin } = request;
      const url = new URL(path, s3.url);
      const { host: _, ...signed } =
        credentials === "anonymous"
          ? { host: url.host, ...headers }
          : signHeaders({
              ...{ method, url, headers, credentials, service: "s3", region: recording.region, now: now() },
              payloadHash: createHash("sha256").update(signedBody).digest("hex"),
            });
      const answer = await fetch(url, { method, headers: signed, redirect: "manual", ...(body !== "" && { body }) });
      const text = await answer.text();
      const [, code] = /<Code>(\w+(?:\.\w+)?)<\/Code>/.exec(text) ?? [];
      return { status: answer.status, headers: answer.headers, text, code };
    },
    async restart() {
      await s3.close();
      s3 = await open();
    },
    async reopen() {
      s3 = await open();
    },
    async close() {
      for (const client of clients) client.destroy();
      await s3.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** A bucket with its side resources, by the last part of their type token. */
export function recordedBucket(
  name: string,
  sides: {
    readonly policy?: readonly PolicyStatement[];
    readonly versioning?: "Enabled" | "Suspended";
    readonly cors?: readonly object[];
    readonly encryption?: object;
    readonly lifecycle?: readonly object[];
    readonly queues?: readonly object[];
    readonly publicAccess?: object;
  } = {},
): RecordedResource[] {
  const side = (type: string, inputs: object | undefined) =>
    inputs ? [recorded(`aws:s3/${type}`, `${name}-${type}`, { bucket: name, ...inputs })] : [];
  const { policy, versioning, cors, encryption, lifecycle, queues, publicAccess } = sides;
  const document = policy && { policy: JSON.stringify({ Version: "2012-10-17", Statement: policy }) };
  return [
    recorded("aws:s3/bucket:Bucket", name, { bucket: name }, { id: name, arn: `arn:aws:s3:::${name}` }),
    ...side("bucketPolicy:BucketPolicy", document),
    ...side("bucketVersioning:BucketVersioning", versioning && { versioningConfiguration: { status: versioning } }),
    ...side("bucketCorsConfiguration:BucketCorsConfiguration", cors && { corsRules: cors }),
    ...side(
      "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      encryption && { rules: [encryption] },
    ),
    ...side("bucketLifecycleConfiguration:BucketLifecycleConfiguration", lifecycle && { rules: lifecycle }),
    ...side("bucketNotification:BucketNotification", queues && { queues }),
    ...side("bucketPublicAccessBlock:BucketPublicAccessBlock", publicAccess),
  ];
}
