import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { userKey } from "../../api/adapters/dynamodb/keys.ts";
import { photoKeys } from "../../api/domain/photo.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { type FaultMode, faultModes, injectFault } from "../../api/test/support/faults.ts";
import { leftovers, tableViolations } from "../../api/test/support/table-violations.ts";
import { ago, dayMs, hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

const inHours = (count: number) => new Date(Date.now() + count * hourMs);

describe("The reconciler, when any of its own writes is refused, lost or its last one,", () => {
  let test: TestReconciler;
  before(async () => {
    test = await startTestReconciler();
  });
  after(() => test.close());

  /** Something to do for every job. */
  async function untidyTable(): Promise<void> {
    const { photos, albums } = test.stores;
    const album = uuidv7();
    await albums.create({
      ...{
        id: album,
        ownerId: "olga",
        title: "Lake",
        createdAt: new Date(),
        photoCount: 0,
        memberCount: 1,
        version: 1,
      },
    });
    await albums.putMember({ albumId: album, userId: "rita", role: "viewer", addedAt: new Date() }, undefined);
    const purged = aPhoto({ status: "ready", width: 1, height: 1, trashedAt: ago(31 * dayMs), albumId: album });
    const lapsed = aPhoto({ lapsesAt: ago(3 * hourMs), albumId: album });
    await photos.reserve([purged, lapsed, aPhoto({ albumId: album })], noQuota);
    await photos.reserve([aPhoto({ ownerId: "rita" })], noQuota);
    for (const key of [photoKeys.original(purged.id), photoKeys.rendition(purged.id, "320")]) {
      await test.platform.put(key, Buffer.from("bytes"));
    }
    await albums.delete(album, ago(3 * hourMs));
    for (const userId of ["olga", "rita"]) await test.table.client.send(driftOf(userId));
  }

  const driftOf = (userId: string) =>
    new UpdateItemCommand({
      TableName: test.table.tableName,
      Key: userKey(userId),
      UpdateExpression: "SET usedPhotos = :wrong",
      ExpressionAttributeValues: { ":wrong": { N: "77" } },
    });

  /** Resolves to whether the run made so many writes. */
  async function strike(n: number, mode: FaultMode): Promise<boolean> {
    await test.empty();
    await untidyTable();
    const fault = injectFault({ dynamoDb: test.table.client }, n, mode);
    await test.run({ at: inHours(2) });
    fault.lift();
    await test.platform.drain();
    // What the first run has changed itself is settled for the second, and what that one has changed for the third.
    await test.run({ at: inHours(4) });
    await test.platform.drain();
    const { jobs } = await test.run({ at: inHours(6) });
    for (const job of Object.values(jobs)) expect(job, `write ${n}`).to.deep.include({ complete: true, left: 0 });
    const items = await test.items();
    expect([...tableViolations(items), ...leftovers(items, inHours(5))], `write ${n}`).to.deep.equal([]);
    return fault.struck();
  }

  for (const mode of faultModes) {
    it(`leaves nothing that the next runs don't mend (${mode})`, async () => {
      let n = 1;
      while (await strike(n, mode)) n += 1;
      expect(n, "writes").to.be.greaterThan(10);
    });
  }
});
