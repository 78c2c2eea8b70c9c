import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Type } from "typebox";
import { parse } from "../parse.ts";
import { recordedRole, roleArn } from "./support/test-account.ts";
import { type Delivery, recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

const Message = Type.Object({
  Records: Type.Array(
    Type.Object({
      eventVersion: Type.Literal("2.1"),
      eventSource: Type.Literal("aws:s3"),
      awsRegion: Type.String(),
      eventTime: Type.String(),
      eventName: Type.String(),
      userIdentity: Type.Object({ principalId: Type.String() }),
      requestParameters: Type.Object({ sourceIPAddress: Type.String() }),
      s3: Type.Object({
        s3SchemaVersion: Type.Literal("1.0"),
        configurationId: Type.String(),
        bucket: Type.Object({ name: Type.String(), arn: Type.String() }),
        object: Type.Object({
          key: Type.String(),
          size: Type.Optional(Type.Number()),
          eTag: Type.Optional(Type.String()),
          versionId: Type.Optional(Type.String()),
          sequencer: Type.String(),
        }),
      }),
    }),
    { minItems: 1, maxItems: 1 },
  ),
});

function recordOf({ body }: Delivery) {
  const { Records } = parse(Message, JSON.parse(body), (fault) => new Error(fault));
  const [record] = Records;
  if (!record) throw new Error("a message without a record");
  return record;
}

/** Resolves once so many messages have been delivered. */
async function delivered(s3: TestS3, count: number): Promise<readonly Delivery[]> {
  while (s3.deliveries.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return s3.deliveries;
}

describe("Events of the local S3", () => {
  const Bucket = "told";
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startTestS3([
      ...recordedBucket(Bucket, {
        versioning: "Enabled",
        queues: [
          { id: "uploads", queueArn: queueArn("uploads"), events: ["s3:ObjectCreated:*"], filterPrefix: "uploads/" },
          { queueArn: queueArn("gone"), events: ["s3:ObjectRemoved:*"], filterPrefix: "originals/" },
          { queueArn: queueArn("copies"), events: ["s3:ObjectCreated:Copy"], filterSuffix: ".jpg" },
        ],
      }),
      ...recordedRole("uploader", [{ Effect: "Allow", Action: "s3:*", Resource: "*" }]),
    ]);
  });
  afterEach(() => s3.close());

  it("tell of a new object as AWS does", async () => {
    const client = s3.client(s3.account.sessionFor(roleArn("uploader"), { sessionName: "worker" }));
    const put = await client.send(new PutObjectCommand({ Bucket, Key: "uploads/ü a+b!(1)~.jpg", Body: "bytes" }));
    const [delivery] = await delivered(s3, 1);
    if (!delivery) throw new Error("nothing was delivered");
    expect(delivery).to.include({ queueArn: queueArn("uploads"), bucketArn: `arn:aws:s3:::${Bucket}` });
    const record = recordOf(delivery);
    expect(record).to.include({ eventName: "ObjectCreated:Put", awsRegion: "eu-central-1" });
    expect(record.userIdentity.principalId).to.match(/^AWS:AROA[A-Z2-7]+:worker$/);
    expect(record.requestParameters.sourceIPAddress).to.equal("127.0.0.1");
    expect(record.s3.configurationId).to.equal("uploads");
    const { sequencer, ...object } = record.s3.object;
    expect(object).to.deep.equal({
      key: "uploads/%C3%BC+a%2Bb%21%281%29%7E.jpg",
      size: 5,
      eTag: put.ETag?.replaceAll('"', ""),
      versionId: put.VersionId,
    });
    expect(sequencer).to.match(/^[0-9A-F]{16,}$/);
  });

  it("go to those queues that listen for the event, the prefix and the suffix", async () => {
    const client = s3.client();
    await client.send(new PutObjectCommand({ Bucket, Key: "media/silent", Body: "x" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "uploads/1", Body: "x" }));
    const CopySource = `${Bucket}/uploads/1`;
    await client.send(new CopyObjectCommand({ Bucket, Key: "uploads/2.jpg", CopySource }));
    await client.send(new CopyObjectCommand({ Bucket, Key: "media/3.jpg", CopySource }));
    const target = { Bucket, Key: "uploads/4" };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "x" }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    await client.send(new PutObjectCommand({ Bucket, Key: "originals/5", Body: "x" }));
    const { VersionId } = await client.send(new DeleteObjectCommand({ Bucket, Key: "originals/5" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "originals/5", VersionId }));

    const told = (await delivered(s3, 7)).map((delivery) => {
      const { eventName, s3 } = recordOf(delivery);
      return `${delivery.queueArn.split(":").at(-1)} ${eventName} ${s3.object.key}`;
    });
    expect(told).to.deep.equal([
      "uploads ObjectCreated:Put uploads/1",
      "uploads ObjectCreated:Copy uploads/2.jpg",
      "copies ObjectCreated:Copy uploads/2.jpg",
      "copies ObjectCreated:Copy media/3.jpg",
      "uploads ObjectCreated:CompleteMultipartUpload uploads/4",
      "gone ObjectRemoved:DeleteMarkerCreated originals/5",
      "gone ObjectRemoved:Delete originals/5",
    ]);
  });

  it("can be put in order by their sequencers", async () => {
    for (const Body of ["a", "b", "c"]) {
      await s3.client().send(new PutObjectCommand({ Bucket, Key: "uploads/same", Body }));
    }
    const sequencers = (await delivered(s3, 3)).map((delivery) => recordOf(delivery).s3.object.sequencer);
    expect(sequencers.toSorted()).to.deep.equal(sequencers);
    expect(new Set(sequencers).size).to.equal(3);
  });

  it("tell nothing of a write that was refused", async () => {
    const command = () => new PutObjectCommand({ Bucket, Key: "uploads/once", Body: "x", IfNoneMatch: "*" });
    await Promise.allSettled([1, 2, 3].map(() => s3.client().send(command())));
    await s3.client().send(new PutObjectCommand({ Bucket, Key: "uploads/after", Body: "x" }));
    const keys = (await delivered(s3, 2)).map((delivery) => recordOf(delivery).s3.object.key);
    expect(keys).to.deep.equal(["uploads/once", "uploads/after"]);
  });
});

describe("An event that cannot be delivered", () => {
  const Bucket = "told";
  const queues = [{ queueArn: queueArn("queue"), events: ["s3:ObjectCreated:*"] }];

  it("is tried again until it can", async () => {
    let refusals = 1;
    const s3 = await startTestS3(recordedBucket(Bucket, { queues }), {
      onDelivery() {
        if (refusals-- > 0) throw new Error("the queue does not exist");
      },
    });
    await s3.client().send(new PutObjectCommand({ Bucket, Key: "x", Body: "x" }));
    expect(await delivered(s3, 1)).to.have.length(1);
    expect(s3.logged.join("\n"))
      .to.include(`not delivered to ${queueArn("queue")}`)
      .and.include("does not exist");
    await s3.close();
  });

  it("survives a restart", async () => {
    let isRefused = true;
    const s3 = await startTestS3(recordedBucket(Bucket, { queues }), {
      onDelivery() {
        if (isRefused) throw new Error("the queue is away");
      },
    });
    await s3.client().send(new PutObjectCommand({ Bucket, Key: "kept", Body: "x" }));
    await s3.s3.close();
    expect(s3.deliveries).to.deep.equal([]);
    isRefused = false;
    await s3.reopen();
    const [delivery] = await delivered(s3, 1);
    expect(delivery && recordOf(delivery).s3.object.key).to.equal("kept");
    await s3.close();
  });
});
