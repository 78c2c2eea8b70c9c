import { createPrivateKey } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { keys, startTestEdge, type TestEdge } from "../../../local/test/support/edge.ts";
import { createCloudFrontUrlSigner } from "../../adapters/cloudfront-url-signer.ts";
import { noon } from "../support/a-photo.ts";
import { leftovers, tableViolations } from "../support/table-violations.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";
import { wholeTable } from "../support/whole-table.ts";
import { acts, beginning } from "./acts.ts";
import { expectAllExpired, expectEdgeAgrees } from "./edge-agrees.ts";
import { users } from "./naive-model.ts";
import { openWorld } from "./world.ts";

/** `npm run test:deep` asks for thousands. */
const worlds = Number(process.env.LATCHKEY_WORLDS ?? 120);
/**
 * The same worlds each time, so that a change is judged by what it changes; `npm run test:deep` looks at others. With the
 * seed and the path that a counterexample names, it is there again.
 */
const seed = Number(process.env.LATCHKEY_SEED ?? 20_260_601);
const path = process.env.LATCHKEY_PATH;
const longestMs = Math.max(290_000, worlds * 1000);
/** The edge is asked in every such world: it takes ten times as long as the API. */
const edgeEvery = 4;

const keyId = "K2ECDSA";
const windowSeconds = 900;

describe("In any world, the API answers as the table of who may see what has it, and the edge opens no more", function () {
  this.timeout(longestMs + 10_000);
  let edge: TestEdge;
  let test: TestApp;
  let count = 0;

  before(async () => {
    edge = await startTestEdge({ behaviour: { trustedKeyGroups: ["group-1"] } });
    edge.origin = (request, response) => response.end(request.url);
    const privateKey = createPrivateKey(keys[keyId].privateKey);
    test = await startTestApp(
      { currentSigner: async () => createCloudFrontUrlSigner({ keyId, privateKey }) },
      { LATCHKEY_MEDIA_URL: edge.edge.url, LATCHKEY_URL_WINDOW_SECONDS: String(windowSeconds) },
    );
  });
  after(async () => {
    await test.close();
    await edge.close();
  });

  it(`of ${worlds}`, async () => {
    await fc.assert(
      fc.asyncProperty(acts, beginning, async (happening, begun) => {
        count += 1;
        test.now = noon;
        const world = openWorld(test, count);
        for (const [index, each] of [...begun, ...happening].entries()) {
          const [real, expected] = await world.perform(each);
          expect(real, `act ${index}, ${JSON.stringify(each)}`).to.equal(expected);
        }
        for (const viewer of users) {
          const handed = await world.expectPhotos(viewer);
          await world.expectLists(viewer);
          if (count % edgeEvery !== 0) continue;
          edge.now = test.now;
          await expectEdgeAgrees(edge, world.photos, handed);
          edge.now = new Date(test.now.getTime() + 2 * windowSeconds * 1000);
          await expectAllExpired(edge, handed);
        }
        await world.expectPermalinks();
        await world.expectLinks();
      }),
      {
        numRuns: worlds,
        ...(seed !== 0 && { seed }),
        ...(path !== undefined && { path }),
        // A counterexample that is found is told, however far it has shrunk; worlds that were not looked at don't count as fine.
        interruptAfterTimeLimit: longestMs,
        markInterruptAsFailure: true,
      },
    );
  });

  it("and leaves a table in which everything agrees, and nothing of what is gone", async () => {
    const items = await wholeTable(test.database);
    // Later than any world has lasted, and before the first reservation lapses.
    const end = new Date(noon.getTime() + 23 * 3_600_000);
    expect([...tableViolations(items), ...leftovers(items, end)]).to.deep.equal([]);
  });
});
