import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { samplePhoto } from "../walkthrough.ts";
import { App } from "./support/journey.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";
import { until } from "./support/until.ts";

const run = promisify(execFile);
const longAgo = "2026-01-01T00:00:00.000Z";

interface Profile {
  readonly used: { readonly photos: number };
}

describe("npm run reconcile", () => {
  let cloud: TestCloud;
  let olga: App;
  let table: DynamoDBClient;

  before(async () => {
    cloud = await startTestCloud();
    olga = await App.signIn(cloud, "olga");
    table = new DynamoDBClient({ region: cloud.region, endpoint: cloud.aws, credentials: cloud.admin });
  });
  after(async () => {
    table.destroy();
    await cloud.stop();
  });

  const script = new URL("../../scripts/reconcile.ts", import.meta.url).pathname;
  const env = () => ({
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: cloud.aws,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: cloud.admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.admin.secretAccessKey,
  });
  const reconcile = (...parameters: string[]) =>
    run(
      process.execPath,
      [script, "--function", String(cloud.recording.outputs.reconcilerFunctionName), ...parameters],
      {
        env: env(),
      },
    );
  const used = async () => (await olga.ask<Profile>("GET", "/v1/me")).used.photos;

  /** Makes it as if what is in an attribute had been long ago, also where the reconciler looks for it. */
  async function backdate(id: string, attribute: string): Promise<void> {
    await table.send(
      new UpdateItemCommand({
        TableName: cloud.table,
        Key: { pk: { S: `PHOTO#${id}` }, sk: { S: "PHOTO" } },
        UpdateExpression: "SET #attribute = :time, #gsi4sk = :due",
        ExpressionAttributeNames: { "#attribute": attribute, "#gsi4sk": "gsi4sk" },
        ExpressionAttributeValues: { ":time": { S: longAgo }, ":due": { S: `${longAgo}#PHOTO#${id}` } },
      }),
    );
  }

  it("frees what a lapsed reservation took, and changes nothing in a dry run", async () => {
    const before = await used();
    const { photo } = await olga.reserve(await readFile(samplePhoto), "image/jpeg");
    await backdate(photo.id, "lapsesAt");
    expect(await used()).to.equal(before + 1);

    const dry = await reconcile("--dry-run");
    expect(dry.stdout)
      .to.match(/photos .*1 released/)
      .and.include("Nothing was changed");
    expect(await used()).to.equal(before + 1);

    const done = await reconcile();
    expect(done.stdout).to.match(/photos .*1 released/);
    expect(await used()).to.equal(before);
  });

  it("purges what has been in the trash for 30 days: bytes, renditions and the photo", async () => {
    const before = await used();
    const id = await olga.upload(await readFile(samplePhoto), "image/jpeg");
    await olga.settled(id);
    await olga.call("DELETE", `/v1/photos/${id}`);
    await backdate(id, "trashedAt");
    await reconcile();
    await until(async () => (await used()) === before);
    const s3 = s3ClientOf(cloud);
    for (const Key of [`originals/${id}`, `media/${id}/320.webp`]) {
      await until(async () => {
        const head = await s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key })).catch(() => undefined);
        return head === undefined;
      });
    }
    expect((await olga.call("GET", `/v1/photos/${id}`)).status).to.equal(404);
  });

  it("goes through table and bucket by the rights of its role, and finds both in order", async () => {
    const { stdout } = await reconcile();
    for (const job of ["multipart", "quarantine", "orphans", "missing"]) {
      expect(stdout).to.match(new RegExp(`│ ${job} +│ \\d+ +│ 'nothing'`));
    }
  });

  it("says what to do when no local cloud runs", async () => {
    const failed = await run(process.execPath, [script, "--data", "/nowhere"]).catch((error) => error);
    expect(failed.code).to.equal(2);
    expect(failed.stderr).to.include("npm start");
  });
});
