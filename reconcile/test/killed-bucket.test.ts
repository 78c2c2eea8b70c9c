import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { v7 as uuidv7 } from "uuid";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { aPhoto, noQuota } from "../../api/test/support/a-photo.ts";
import { type FaultMode, injectFault } from "../../api/test/support/faults.ts";
import { tableViolations } from "../../api/test/support/table-violations.ts";
import { bucket, keysOf } from "../../renditions/test/support/test-platform.ts";
import { hourMs, startTestReconciler, type TestReconciler } from "./support/test-reconciler.ts";

const inHours = (count: number) => new Date(Date.now() + count * hourMs);

describe("The reconciler of table and bucket, when any of its writes is lost, or is never made nor anything after it,", function () {
  this.timeout(300_000);
  let test: TestReconciler;
  before(async () => {
    test = await startTestReconciler();
  });
  after(() => test.close());

  /** Something to do for every job; resolves to the one photo that is to be left of it. */
  async function untidyBucket(): Promise<Photo> {
    const { platform, stores } = test;
    const picture = await sharp({ create: { width: 16, height: 9, channels: 3, background: "teal" } })
      .jpeg()
      .toBuffer();
    const deleted = await platform.upload(picture);
    await platform.drain();
    await platform.put(photoKeys.upload(deleted), Buffer.from("late"));
    const unheard = await platform.upload(picture, {}, inHours(100));
    const takenBack = aPhoto({ lapsesAt: inHours(100) });
    await stores.photos.reserve([takenBack], noQuota);
    await platform.put(photoKeys.upload(takenBack), Buffer.from("bytes"));
    await platform.remove(photoKeys.upload(takenBack));
    await platform.remove(photoKeys.original(deleted.id));
    await platform.clients.s3.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key: `uploads/olga/${uuidv7()}` }),
    );
    for (const key of [photoKeys.original(uuidv7()), photoKeys.rendition(uuidv7(), "320")]) {
      await platform.put(key, Buffer.from("bytes"));
    }
    platform.takeMessages();
    return unheard;
  }

  /** Resolves to whether the run made so many writes. */
  async function strike(n: number, mode: FaultMode): Promise<boolean> {
    await test.empty();
    const left = await untidyBucket();
    const fault = injectFault(test.platform.clients, n, mode);
    await test.run({ at: inHours(2) });
    fault.lift();
    await test.settle();
    await test.run({ at: inHours(4) });
    await test.settle();
    for (const { complete, done } of Object.values((await test.run({ at: inHours(6), dryRun: true })).jobs)) {
      expect({ complete, done }, `write ${n}`).to.deep.equal({ complete: true, done: {} });
    }
    const { s3 } = test.platform.clients;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(
      Contents.map(({ Key }) => Key),
      `write ${n}`,
    ).to.have.members(keysOf(left));
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).to.deep.equal([]);
    expect(tableViolations(await test.items()), `write ${n}`).to.deep.equal([]);
    await test.platform.remove(photoKeys.original(left.id));
    await test.settle();
    return fault.struck();
  }

  // Done or not, and with or without all that would have come after it: the other two lie between these.
  for (const mode of ["lost", "killed before"] satisfies FaultMode[]) {
    it(`leaves nothing that the next runs don't mend (${mode})`, async () => {
      let n = 1;
      while (await strike(n, mode)) n += 1;
      expect(n, "writes").to.be.greaterThan(10);
    });
  }
});
