import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Item } from "../../api/adapters/dynamodb/keys.ts";
import { leftovers, tableViolations } from "../../api/test/support/table-violations.ts";
import { wholeTable } from "../../api/test/support/whole-table.ts";
import { wire } from "../../reconcile/compose.ts";
import type { Report } from "../../reconcile/report.ts";
import { resourcesOf } from "../program/recording.ts";
import { App } from "./support/journey.ts";
import { bucketViolations } from "./support/soak/bucket-violations.ts";
import { type SoakReport, soak, untilIdle } from "./support/soak/soak.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";

/** `npm run soak` sets it to thousands, and says how far it is. */
const count = Number(process.env.LATCHKEY_SOAK ?? 40);
const loud = process.env.LATCHKEY_SOAK !== undefined;
const seed = Number(process.env.LATCHKEY_SEED ?? 1);
/** Never used; so many are reserved at once. */
const unused = loud ? 1000 : 100;
const inBulk = 100;
const dayMs = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

describe(`After ${count} mixed uploads, aborts, rejections and deletes (seed ${seed})`, function () {
  this.timeout(loud ? 3_600_000 : 120_000);
  let cloud: TestCloud;
  let s3: S3Client;
  let dynamoDb: DynamoDBClient;
  let report: SoakReport;
  const logged: Readonly<Record<string, unknown>>[] = [];

  before(async () => {
    cloud = await startTestCloud();
    s3 = s3ClientOf(cloud);
    dynamoDb = new DynamoDBClient({ region: cloud.region, endpoint: cloud.aws, credentials: cloud.admin });
    const say = (done: number) => {
      if (loud && done % 100 === 0) console.log(`    ${done} of ${count}`);
    };
    report = await soak({ cloud, dynamoDb, count, seed, onProgress: say });
    await untilIdle(cloud);
  });
  after(async () => {
    if (loud) console.table(Object.fromEntries(report?.counts ?? []));
    dynamoDb.destroy();
    s3.destroy();
    await cloud.stop();
  });

  const table = (): Promise<Item[]> => wholeTable({ client: dynamoDb, tableName: cloud.table });

  /** The reconciler by the rights of its own role, in a time to come. */
  async function reconcile(at: Date, dryRun = false): Promise<Report["jobs"]> {
    const role = "latchkey-reconciler-job-role";
    const [declared] = resourcesOf(cloud.recording, "aws:iam/role:Role").filter(({ name }) => name === role);
    const credentials = cloud.sessionFor(String(declared?.outputs.arn));
    const config = { region: cloud.region, endpoint: cloud.aws, credentials };
    const clients = {
      dynamoDb: new DynamoDBClient(config),
      s3: s3ClientOf(cloud, credentials),
      sqs: new SQSClient(config),
      now: () => at,
    };
    const settings = {
      bucket: cloud.bucket,
      table: cloud.table,
      queueUrl: String(cloud.recording.outputs.queueUrl),
      multipartDays: 7,
      graceSeconds: 3600,
    };
    const { jobs } = await wire(settings, clients, (entry) => logged.push(entry))({ dryRun });
    await untilIdle(cloud);
    return jobs;
  }

  async function expectAllInOrder(at: Date): Promise<void> {
    for (const [name, job] of Object.entries(await reconcile(at, true))) {
      expect(job, name).to.deep.include({ complete: true, done: {}, left: 0, failed: { count: 0, ids: [] } });
    }
    const items = await table();
    expect(tableViolations(items)).to.deep.equal([]);
    expect(leftovers(items, new Date(at.getTime() - 3_600_000))).to.deep.equal([]);
    expect(await bucketViolations(s3, cloud.bucket, items)).to.deep.equal([]);
  }

  it("every answer was the one that it must be", () => {
    expect(report.failures).to.deep.equal([]);
  });

  it("every photo has ended as it must", async () => {
    const now = new Date().toISOString();
    const photos = new Map((await table()).map((item) => [item.pk?.S, item]));
    const wrong = report.outcomes.filter(({ id, ending }) => {
      const item = photos.get(`PHOTO#${id}`);
      const gone = !item || (item.lapsesAt?.S ?? "9") < now;
      const found = gone ? "gone" : item.trashedAt ? "trashed" : item.status?.S;
      // What is due waits for the next run.
      return found !== ending && !(ending === "gone" && item?.trashedAt);
    });
    expect(wrong).to.deep.equal([]);
  });

  it("the reconciler takes what was left lying, and then finds nothing to do: quotas are sums, and the bucket holds what the table says", async () => {
    for (const [name, { complete, failed }] of Object.entries(await reconcile(inDays(0.1)))) {
      expect({ complete, failed: failed.count }, name).to.deep.equal({ complete: true, failed: 0 });
    }
    await expectAllInOrder(inDays(0.2));
  });

  it(`${unused} reservations that nobody used, and all that lapsed with them, leave no quota and no rows`, async () => {
    const sam = await App.signIn(cloud, "sam");
    for (let done = 0; done < unused; done += inBulk) {
      const items = Array.from({ length: inBulk }, (_, index) => ({
        contentType: "image/jpeg",
        size: 1_000_000,
        upload: ["put", "post", "multipart"][index % 3],
      }));
      await sam.ask("POST", "/v1/photos/bulk", { items });
    }
    await reconcile(inDays(32));
    await expectAllInOrder(inDays(33));
    const photos = (await table()).filter(({ sk }) => sk?.S === "PHOTO");
    expect(photos.map(({ status }) => status?.S)).to.deep.equal(photos.map(() => "ready"));
    expect(photos).to.have.length(report.outcomes.filter(({ ending }) => ending === "ready").length);
  });
});
