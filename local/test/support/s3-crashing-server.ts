import { recordedBucket, startTestS3 } from "./test-s3.ts";

/** Runs the local S3 on a folder until its parent kills it; its queue takes nothing, so that every event stays behind. */
const [dataDir = ""] = process.argv.slice(2);
const queues = [{ queueArn: "arn:aws:sqs:eu-central-1:000000000000:queue", events: ["s3:ObjectCreated:*"] }];
const s3 = await startTestS3(recordedBucket("crashed", { queues }), {
  dataDir,
  onDelivery() {
    throw new Error("the queue is away");
  },
});
process.stdout.write(`${s3.url}\n`);
