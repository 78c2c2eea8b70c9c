// Sends the messages that the worker gave up back to its queue: of a deployed stack, or of the local cloud.
import { setTimeout as delay } from "node:timers/promises";
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { Type } from "typebox";
import { parseObjectEvents } from "../renditions/s3-events.ts";
import { findLocalCloud, runCommand } from "./command.ts";

const usage = `npm run redrive -- [--dry-run] [--queue URL] [--data DIR]

  --dry-run    count the dead letters, show some of them, and move none
  --queue URL  the dead-letter queue of a deployed stack (npx pulumi stack output deadLetterQueueUrl), by the credentials
               and the region of the AWS environment; without it, that of the running local cloud
  --data DIR   the data folder of the local cloud (default .latchkey)`;

const Local = Type.Object({ deadLetters: Type.String() });
const pollMs = 2000;

async function targetOf(
  queue: string | undefined,
  dataDir: string,
): Promise<{ QueueUrl: string; client: SQSClientConfig }> {
  // The SDK would send to the host of the queue's URL, whatever endpoint the environment names.
  if (queue !== undefined) return { QueueUrl: queue, client: { useQueueUrlAsEndpoint: false } };
  const { deadLetters, client } = await findLocalCloud(Local, { dataDir, otherwise: "name a queue with --queue" });
  return { QueueUrl: deadLetters, client };
}

const options = { "dry-run": { type: "boolean", default: false }, queue: { type: "string" } } as const;

runCommand({ usage, options }, async ({ "dry-run": dryRun, queue, data }) => {
  const { QueueUrl, client } = await targetOf(queue, data);
  const sqs = new SQSClient(client);

  const AttributeNames = ["QueueArn", "ApproximateNumberOfMessages"] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  const { QueueArn: SourceArn, ApproximateNumberOfMessages: waiting = "0" } = Attributes;
  if (waiting === "0") return console.log("There are no dead letters: nothing to do.");
  console.log(`Dead letters in ${SourceArn}: about ${waiting}`);
  if (dryRun) return showSome(sqs, QueueUrl);

  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  const failure = await follow(sqs, SourceArn);
  if (failure !== undefined) throw new Error(`SQS stopped moving them: ${failure}. Run it again for the rest.`);
  console.log(
    "They are back in their queue, and the worker takes them as if they were new. Those that fail ten times more end up here again; why is in the worker's log.",
  );
});

/** A look at up to ten, which stay in sight for whoever comes next. */
async function showSome(sqs: SQSClient, QueueUrl: string): Promise<void> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ["SentTimestamp"],
    }),
  );
  console.table(
    Messages.map(({ Body = "", Attributes = {} }) => ({
      sent: new Date(Number(Attributes.SentTimestamp)).toISOString(),
      about: describe(Body),
    })),
  );
  console.log("Nothing was moved. Mend what the worker's log says of them, then run it without --dry-run.");
}

function describe(body: string): string {
  try {
    return parseObjectEvents(body)
      .map(({ kind, key }) => `${key} ${kind}`)
      .join(", ");
  } catch {
    return `no event of the bucket: ${body.slice(0, 60)}`;
  }
}

/** Shows how far SQS has come until it ends; resolves to why it ended early, if it did. */
async function follow(sqs: SQSClient, SourceArn: string | undefined): Promise<string | undefined> {
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    const [task] = Results;
    const {
      Status,
      ApproximateNumberOfMessagesMoved: moved = 0,
      ApproximateNumberOfMessagesToMove: all = 0,
    } = task ?? {};
    console.log(`Moved ${moved} of ${all}`);
    if (Status === "COMPLETED") return undefined;
    if (Status !== "RUNNING") return task?.FailureReason ?? `it is ${Status ?? "gone"}`;
    await delay(pollMs);
  }
}
