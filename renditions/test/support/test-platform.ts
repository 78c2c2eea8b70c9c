import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createDynamoDbPhotoStore } from "../../../api/adapters/dynamodb/photo-store.ts";
import { type Photo, photoKeys, renditionNames } from "../../../api/domain/photo.ts";
import type { PhotoStore } from "../../../api/domain/ports/photo-store.ts";
import { aPhoto, noQuota } from "../../../api/test/support/a-photo.ts";
import { renditionsStatements } from "../../../infra/policies/renditions.ts";
import { startDynamoDb } from "../../../local/dynamodb/dynamodb.ts";
import { startGateway } from "../../../local/gateway/gateway.ts";
import { AwsError } from "../../../local/gateway/protocols.ts";
import { createAccount } from "../../../local/iam/account.ts";
import type { Credentials } from "../../../local/iam/types.ts";
import { createQueues } from "../../../local/queues/queues.ts";
import { startS3 } from "../../../local/s3/s3.ts";
import type { AwsApi, ServiceContext } from "../../../local/service.ts";
import { photosTable } from "../../../local/test/support/photos-table.ts";
import { recorded, recordingOf } from "../../../local/test/support/recorded.ts";
import { recordedRole, roleArn } from "../../../local/test/support/test-account.ts";
import { queueArn, queuePolicy, queueUrl, recordedQueue } from "../../../local/test/support/test-queue.ts";
import { recordedBucket } from "../../../local/test/support/test-s3.ts";
import { compose } from "../../compose.ts";
import { parseConfig } from "../../config.ts";
import type { SqsBatchResponse, SqsEvent, SqsRecord } from "../../handle-batch.ts";
import type { Notice } from "../../ports.ts";

export const bucket = "photos-of-olga";
const topicArn = "arn:aws:sns:eu-central-1:000000000000:photos";
const distributionId = "E1EXAMPLE";
const distributionArn = `arn:aws:cloudfront::000000000000:distribution/${distributionId}`;

type Handler = (event: SqsEvent) => Promise<SqsBatchResponse>;

/** The bucket, table, queues and topic of the platform on loopback, and the worker with the rights of its role. */
export interface TestPlatform {
  /** The whole worker, as Lambda calls it. */
  readonly handler: Handler;
  /** What the worker and the services logged. */
  readonly logged: readonly string[];
  readonly photos: PhotoStore;
  /** The administrator's, for who brings another part of the platform to it. */
  readonly clients: { readonly s3: S3Client; readonly dynamoDb: DynamoDBClient; readonly sqs: SQSClient };
  /** The paths of each invalidation, and the reference that makes it one. */
  readonly invalidations: readonly { readonly reference: string; readonly paths: readonly string[] }[];
  /** Lets CloudFront refuse invalidations as it does when there are too many, until it is told not to. */
  failInvalidations(busy: boolean): void;
  /** Reserves a photo for the bytes, for an hour if not said otherwise, and uploads them. */
  upload(bytes: Buffer, photo?: Partial<Photo>, lapsesAt?: Date): Promise<Photo>;
  put(key: string, bytes: Buffer): Promise<void>;
  get(key: string): Promise<{ bytes: Buffer; headers: GetObjectCommandOutput }>;
  remove(key: string): Promise<void>;
  /** What a listing of the bucket shows of a photo. */
  keys(photo: Pick<Photo, "id">): Promise<string[]>;
  /** What lies hidden under delete markers as well. */
  versions(prefix: string): Promise<string[]>;
  /** What S3 has sent to the worker's queue since it was last asked. */
  takeMessages(): SqsEvent;
  /** Hands messages to the worker until there are none; throws when it reports one as failed. */
  drain(handler?: Handler): Promise<void>;
  notices(): Promise<Notice[]>;
  /** Puts the queues' clock ahead by so many seconds. */
  passTime(seconds: number): void;
  close(): Promise<void>;
}

export async function startTestPlatform(settings: Readonly<Record<string, string>> = {}): Promise<TestPlatform> {
  const uploads = queueArn("uploads");
  const recording = recordingOf(
    ...recordedBucket(bucket, {
      versioning: "Enabled",
      queues: [
        {
          queueArn: uploads,
          events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:DeleteMarkerCreated", "s3:ObjectTagging:Put"],
          filterPrefix: "uploads/",
        },
        { queueArn: uploads, events: ["s3:ObjectRemoved:*"], filterPrefix: "originals/" },
      ],
    }),
    photosTable,
    recorded("aws:sns/topic:Topic", "photos", { name: "photos" }, { id: topicArn, arn: topicArn }),
    recorded(
      "aws:sns/topicSubscription:TopicSubscription",
      "notices",
      { topic: topicArn, protocol: "sqs", endpoint: queueArn("notices"), rawMessageDelivery: true },
      { arn: `${topicArn}:notices` },
    ),
    recordedQueue("uploads", { visibilityTimeoutSeconds: 43_200 }),
    recordedQueue("notices"),
    queuePolicy("notices", {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn("notices"),
    }),
    ...recordedRole(
      "worker",
      renditionsStatements({
        bucketArn: `arn:aws:s3:::${bucket}`,
        tableArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/photos",
        queueArns: [uploads],
        topicArn,
        distributionArn,
        scanned: settings.LATCHKEY_SCANNED === "true",
        key: { keyArn: "arn:aws:kms:eu-central-1:000000000000:key/1", region: "eu-central-1" },
      }),
    ),
  );
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-worker-"));
  const logged: string[] = [];
  const account = createAccount({ recording, dataDir, now: () => new Date() });
  const context: ServiceContext = {
    recording,
    dataDir,
    credentials: account.credentials,
    authorize: account.authorize,
    now: () => new Date(),
    log: (line) => logged.push(line),
  };
  const messages: string[] = [];
  const edges: Edges = { invalidations: [], busy: false };
  const address = { host: "127.0.0.1", port: 0 };
  let aheadMs = 0;
  const queues = createQueues({ ...context, now: () => new Date(Date.now() + aheadMs) });
  const apis = [await startDynamoDb(context), queues.sqs, queues.sns, cloudFront(edges)];
  const gateway = await startGateway(context, { ...address, apis });
  const deliver = async (_queueArn: string, body: string) => void messages.push(body);
  const s3 = await startS3({ ...context, deliver }, address);

  const { region } = recording;
  const config = { region, credentials: account.admin };
  const admin = {
    s3: new S3Client({ ...config, endpoint: s3.url }),
    sqs: new SQSClient({ ...config, endpoint: gateway.url }),
    dynamoDb: new DynamoDBClient({ ...config, endpoint: gateway.url }),
  };
  const photos = createDynamoDbPhotoStore({ client: admin.dynamoDb, tableName: "photos" });

  const leaveEnvironment = enterEnvironment({
    LATCHKEY_BUCKET: bucket,
    LATCHKEY_TABLE: "photos",
    LATCHKEY_QUEUE_URLS: queueUrl("uploads"),
    LATCHKEY_TOPIC_ARN: topicArn,
    LATCHKEY_DISTRIBUTION_ID: distributionId,
    LATCHKEY_SCANNED: "false",
    LATCHKEY_MAX_PIXELS: "100000000",
    LATCHKEY_RENDITION_FORMATS: "",
    ...settings,
    ...roleVariables(account.sessionFor(roleArn("worker"))),
    AWS_REGION: region,
    AWS_ENDPOINT_URL: gateway.url,
    AWS_ENDPOINT_URL_S3: s3.url,
  });

  const platform: TestPlatform = {
    handler: compose(parseConfig(process.env), (entry) => logged.push(JSON.stringify(entry))),
    logged,
    photos,
    clients: admin,
    invalidations: edges.invalidations,
    failInvalidations(busy) {
      edges.busy = busy;
    },
    async upload(bytes, overrides = {}, lapsesAt = new Date(Date.now() + 60 * 60 * 1000)) {
      const photo = aPhoto({ size: bytes.length, lapsesAt, ...overrides });
      await photos.reserve([photo], noQuota);
      await platform.put(photoKeys.upload(photo), bytes);
      return photo;
    },
    async put(Key, Body) {
      await admin.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async get(Key) {
      const headers = await admin.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return { headers, bytes: Buffer.from((await headers.Body?.transformToByteArray()) ?? []) };
    },
    async remove(Key) {
      await admin.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    },
    async keys({ id }) {
      const { Contents = [] } = await admin.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = "" }) => Key).filter((key) => key.includes(id));
    },
    async versions(Prefix) {
      const { Versions = [] } = await admin.s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }));
      return Versions.map(({ Key = "" }) => Key);
    },
    takeMessages: () => sqsEvent(...messages.splice(0)),
    async drain(handler = platform.handler) {
      while (messages.length > 0) {
        const { batchItemFailures } = await handler(platform.takeMessages());
        if (batchItemFailures.length > 0) throw new Error(`The worker failed: ${logged.at(-1)}`);
      }
    },
    async notices() {
      const QueueUrl = queueUrl("notices");
      const notices: Notice[] = [];
      for (;;) {
        const { Messages = [] } = await admin.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) return notices;
        for (const { Body = "", ReceiptHandle } of Messages) {
          notices.push(JSON.parse(Body));
          await admin.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    passTime(seconds) {
      aheadMs += seconds * 1000;
    },
    async close() {
      leaveEnvironment();
      for (const client of Object.values(admin)) client.destroy();
      await s3.close();
      await queues.close();
      await gateway.close();
      await rm(dataDir, { recursive: true });
    },
  };
  return platform;
}

/** Where a photo's bytes are once it is ready. */
export function keysOf({ id }: Photo): string[] {
  return [...renditionNames.map((name) => photoKeys.rendition(id, name)), photoKeys.original(id)];
}

/** What the queue's messages look like to a function. */
export function sqsEvent(...bodies: string[]): SqsEvent {
  const record = (body: string): SqsRecord => ({
    messageId: randomUUID(),
    receiptHandle: "of no queue",
    eventSourceARN: queueArn("uploads"),
    body,
    attributes: { ApproximateReceiveCount: "1" },
  });
  return { Records: bodies.map(record) };
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}

/** Puts variables where the worker and the SDK look for them; the answer takes them out again. */
function enterEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

function roleVariables({ accessKeyId, secretAccessKey, sessionToken = "" }: Credentials) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
}

interface Edges {
  readonly invalidations: { reference: string; paths: string[] }[];
  busy: boolean;
}

/** Stands for CloudFront, which has no say in what the worker does: takes any invalidation, unless it is busy. */
function cloudFront(edges: Edges): AwsApi {
  return {
    service: "cloudfront",
    async call({ body }) {
      if (edges.busy)
        throw new AwsError(
          "TooManyInvalidationsInProgress",
          400,
          "Processing your request will cause you to exceed the limit.",
        );
      const request = body.toString();
      const reference = /<CallerReference>(.*?)<\/CallerReference>/.exec(request)?.[1] ?? "";
      const paths = [...request.matchAll(/<Path>(.*?)<\/Path>/g)].map(([, path = ""]) => path);
      if (!edges.invalidations.some((known) => known.reference === reference)) {
        edges.invalidations.push({ reference, paths });
      }
      return { status: 201, headers: { "content-type": "text/xml" }, body: "<Invalidation><Id>I1</Id></Invalidation>" };
    },
  };
}
