import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { noon } from "../../api/test/support/a-photo.ts";
import { type FaultMode, faultModes, injectFault } from "../../api/test/support/faults.ts";
import { leftovers, tableViolations } from "../../api/test/support/table-violations.ts";
import { startTestApp, type TestApp } from "../../api/test/support/test-app.ts";
import { emptyTable, wholeTable } from "../../api/test/support/whole-table.ts";
import { recordedBucket, startTestS3, type TestS3 } from "../../local/test/support/test-s3.ts";
import { wire } from "../compose.ts";
import type { Report } from "../report.ts";
import { type Scenario, scenarios } from "./support/scenarios.ts";

const bucket = "photos-of-olga";
const queueUrl = "https://sqs.eu-central-1.amazonaws.com/000000000000/uploads";
const graceSeconds = 3600;
/** When every reservation has lapsed and the grace is over, too. */
const later = new Date(noon.getTime() + 6 * 3600 * 1000);

/** Who was killed does not come again; who got no answer does. */
const triesAgain: Readonly<Record<FaultMode, boolean>> = {
  refused: true,
  lost: true,
  "killed before": false,
  "killed after": false,
};

describe("After any of its writes has failed, or was the last one, who", () => {
  let api: TestApp;
  let s3: TestS3;
  before(async () => {
    api = await startTestApp();
    s3 = await startTestS3(recordedBucket(bucket, { versioning: "Enabled" }));
  });
  after(async () => {
    await s3.close();
    await api.close();
  });
  afterEach(() => emptyTable(api.database));

  function reconcile(): Promise<Report> {
    const { client, tableName } = api.database;
    // Nothing is uploaded, so that nothing is to be sent again.
    const sqs = new SQSClient({ endpoint: "http://127.0.0.1:9" });
    const clients = { dynamoDb: client, s3: s3.client(), sqs, now: () => later };
    const config = { bucket, table: tableName, queueUrl, multipartDays: 7, graceSeconds };
    return wire(config, clients, () => {})({ dryRun: false });
  }

  async function expectAgreement(when: string): Promise<void> {
    expect(tableViolations(await wholeTable(api.database)), when).to.deep.equal([]);
  }

  async function expectMended(when: string): Promise<void> {
    const { jobs } = await reconcile();
    for (const [name, job] of Object.entries(jobs)) {
      expect(job, `${name} ${when}`).to.deep.include({ complete: true, left: 0, failed: { count: 0, ids: [] } });
    }
    // The counters never needed it: they were written with what they count.
    expect(jobs.counts.done, when).not.to.have.any.keys("user recounted", "album recounted");
    const items = await wholeTable(api.database);
    expect(
      [...tableViolations(items), ...leftovers(items, new Date(later.getTime() - graceSeconds * 1000))],
      when,
    ).to.deep.equal([]);
  }

  /** Resolves to whether the act made so many writes. */
  async function strike(given: Scenario["given"], n: number, mode: FaultMode): Promise<boolean> {
    const when = `write ${n}`;
    await emptyTable(api.database);
    const act = await given(api);
    const fault = injectFault({ dynamoDb: api.database.client }, n, mode);
    await act().catch(() => undefined);
    fault.lift();
    await expectAgreement(when);
    if (triesAgain[mode]) await act();
    await expectAgreement(`${when}, then again`);
    await expectMended(when);
    return fault.struck();
  }

  for (const { title, given } of scenarios) {
    for (const mode of faultModes) {
      it(`${title} (${mode}) leaves what agrees, and the reconciler little to do`, async () => {
        let n = 1;
        while (await strike(given, n, mode)) n += 1;
        expect(n, "writes").to.be.greaterThan(1);
      });
    }
  }
});
