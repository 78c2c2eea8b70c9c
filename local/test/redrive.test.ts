import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { RecordedResource } from "../program/recording.ts";
import { samplePhoto } from "../walkthrough.ts";
import { App } from "./support/journey.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

const run = promisify(execFile);
const script = new URL("../../scripts/redrive.ts", import.meta.url).pathname;

describe("npm run redrive", () => {
  let cloud: TestCloud;
  let sqs: SQSClient;
  let QueueUrl: string;

  before(async () => {
    cloud = await startTestCloud({ edit: withoutWorker });
    sqs = new SQSClient({ region: cloud.region, endpoint: cloud.aws, credentials: cloud.admin });
    QueueUrl = String(cloud.recording.outputs.queueUrl);
  });
  after(async () => {
    sqs.destroy();
    await cloud.stop();
  });

  /** Nobody takes the messages, and one attempt is enough to give one up. */
  function withoutWorker(resource: RecordedResource): RecordedResource {
    if (resource.type === "aws:lambda/eventSourceMapping:EventSourceMapping") {
      return { ...resource, inputs: { ...resource.inputs, enabled: false } };
    }
    const { redrivePolicy } = resource.inputs;
    if (typeof redrivePolicy !== "string") return resource;
    const impatient = JSON.stringify({ ...JSON.parse(redrivePolicy), maxReceiveCount: 1 });
    return { ...resource, inputs: { ...resource.inputs, redrivePolicy: impatient } };
  }

  const redrive = (...parameters: string[]) =>
    run(process.execPath, [script, "--queue", cloud.deadLetters, ...parameters], {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: cloud.aws,
        AWS_REGION: cloud.region,
        AWS_ACCESS_KEY_ID: cloud.admin.accessKeyId,
        AWS_SECRET_ACCESS_KEY: cloud.admin.secretAccessKey,
      },
    });
  const waitingIn = async (queue: string): Promise<number> => {
    const AttributeNames = ["ApproximateNumberOfMessages"] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [...AttributeNames] });
    return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
  };

  /** What is received twice without being deleted is given up. */
  async function giveUp(): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 }));
    }
  }

  it("has nothing to do without dead letters", async () => {
    expect((await redrive()).stdout).to.include("There are no dead letters");
  });

  it("shows the uploads that the worker gave up, and then sends them back to its queue", async () => {
    const olga = await App.signIn(cloud, "olga");
    const id = await olga.upload(await readFile(samplePhoto), "image/jpeg");
    await giveUp();
    expect(await waitingIn(cloud.deadLetters)).to.equal(1);

    const dry = await redrive("--dry-run");
    expect(dry.stdout).to.include("about 1").and.include(id).and.include("Nothing was moved");
    expect(await waitingIn(cloud.deadLetters)).to.equal(1);

    const done = await redrive();
    expect(done.stdout).to.include("Moved 1 of 1").and.include("back in their queue");
    expect(await waitingIn(cloud.deadLetters)).to.equal(0);
    expect(await waitingIn(QueueUrl)).to.equal(1);
  });

  it("finds the running local cloud by its data folder", async () => {
    const { region, deadLetters, aws, admin } = cloud;
    await writeFile(join(cloud.dataDir, "local.json"), JSON.stringify({ region, deadLetters, aws, admin }));
    const { stdout } = await run(process.execPath, [script, "--data", cloud.dataDir], {
      env: { PATH: process.env.PATH },
    });
    expect(stdout).to.include("There are no dead letters");
  });

  it("says what to do when no local cloud runs, and what it takes when asked for something else", async () => {
    const failed = await run(process.execPath, [script, "--data", "/nowhere"]).catch((error) => error);
    expect(failed).to.include({ code: 2 });
    expect(failed.stderr).to.include("npm start").and.include("--queue");
    const wrong = await run(process.execPath, [script, "--all"]).catch((error) => error);
    expect(wrong).to.include({ code: 2 });
    expect(wrong.stderr).to.include("npm run redrive -- [--dry-run]");
  });
});
