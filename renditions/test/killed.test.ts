import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Item } from "../../api/adapters/dynamodb/keys.ts";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { tableViolations } from "../../api/test/support/table-violations.ts";
import { wholeTable } from "../../api/test/support/whole-table.ts";
import type { SqsEvent } from "../handle-batch.ts";
import { badUploads } from "./support/bad-uploads.ts";
import { chelsea } from "./support/photos.ts";
import { keysOf, startTestPlatform, type TestPlatform } from "./support/test-platform.ts";

const doomedWorker = fileURLToPath(new URL("support/doomed-worker.ts", import.meta.url));

describe("A worker whose process is killed after any of its requests, and another one that gets the same event twice,", () => {
  let platform: TestPlatform;
  before(async () => {
    platform = await startTestPlatform();
  });
  after(() => platform.close());

  /** Resolves to whether it lived to answer the event. */
  async function survives(event: SqsEvent, requests: number): Promise<boolean> {
    const worker = fork(doomedWorker, [String(requests)], { stdio: "inherit" });
    worker.send(event);
    const [code, signal] = await once(worker, "exit");
    expect(signal ?? code).to.be.oneOf(["SIGKILL", 0]);
    return signal === null;
  }

  const bad = badUploads.find(({ reason }) => reason === "undecodable") ?? expect.fail("no upload is undecodable");
  const clean: [string, () => Promise<Photo>, keys: (photo: Photo) => string[], status: string | undefined][] = [
    ["publish an upload", async () => platform.upload(await chelsea.bytes()), keysOf, "ready"],
    [
      "reject an upload",
      async () => platform.upload(await bad.bytes(), { contentType: bad.contentType }),
      () => [],
      "rejected",
    ],
    [
      "remove a photo",
      async () => {
        const photo = await platform.upload(await chelsea.bytes());
        await platform.drain();
        await platform.remove(photoKeys.original(photo.id));
        return photo;
      },
      () => [],
      undefined,
    ],
  ];
  for (const [title, given, keys, status] of clean) {
    it(`${title} as one does that nothing happens to: bucket, table and quota are the same`, async () => {
      for (let requests = 1; ; requests += 1) {
        const when = `after request ${requests}`;
        const photo = await given();
        const event = platform.takeMessages();
        const survived = await survives(event, requests);
        for (let time = 0; time < 2; time += 1) {
          expect(await platform.handler(event), when).to.deep.equal({ batchItemFailures: [] });
        }
        await platform.drain();
        expect((await platform.photos.find(photo.id))?.status, when).to.equal(status);
        expect(await platform.keys(photo), when).to.have.members(keys(photo));
        expect(await platform.versions(photoKeys.upload(photo)), when).to.deep.equal([]);
        const forgotten = platform.invalidations.some(({ paths }) => paths.includes(`#photo-${photo.id}`));
        expect(forgotten, when).to.equal(status === undefined);
        const items: Item[] = await wholeTable({ client: platform.clients.dynamoDb, tableName: "photos" });
        expect(tableViolations(items), when).to.deep.equal([]);
        if (survived) {
          expect(requests, "requests").to.be.greaterThan(4);
          return;
        }
      }
    });
  }
});
