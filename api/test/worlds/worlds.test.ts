import { createPrivateKey } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { keys, startTestEdge, type TestEdge } from "../../../local/test/support/edge.ts";
import { createCloudFrontUrlSigner } from "../../adapters/cloudfront-url-signer.ts";
import { noon } from "../support/a-photo.ts";
import { leftovers, tableViolations } from "../support/table-violations.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";
import { wholeTable } from "../support/whole-table.ts";
import { type Act, tell, users } from "./acts.ts";
import { expectEdgeAgrees, expectLifetimes, windowSeconds } from "./edge-agrees.ts";
import { expectLinks, expectLists, expectPermalinks, expectPhotos, expectSights, type Handed } from "./sights.ts";
import { fulfil, village, wishes } from "./wishes.ts";
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

/** Somebody whose lists are looked at as well, and whether the edge is asked. All of it in every world would be fewer worlds. */
const closely = fc.constantFrom(...users);
const asksEdge = fc.constantFrom(false, false, false, true);

const keyId = "K2ECDSA";

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
    await edge.close();
    // Last, for it fails by an answer that the app does not declare, and nothing may be left open then.
    await test.close();
  });

  it(`of ${worlds}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        village,
        wishes,
        closely,
        asksEdge,
        fc.context(),
        async (begun, wished, user, withEdge, context) => {
          count += 1;
          test.now = noon;
          const world = openWorld(test, count);
          const perform = async (act: Act) => {
            context.log(tell(act));
            await world.perform(act);
          };
          for (const act of begun) await perform(act);
          for (const wish of wished) await perform(fulfil(wish, world.model));

          const handed: Handed[] = [];
          for (const viewer of users) handed.push(...(await expectSights(world, viewer)));
          await expectLists(world, user);
          handed.push(
            ...(await expectPhotos(world, user)),
            ...(await expectPermalinks(world)),
            ...(await expectLinks(world)),
          );
          const held = { photos: world.photos, handed, beginning: noon, now: test.now };
          expectLifetimes(held);
          if (withEdge) await expectEdgeAgrees(edge, held);
        },
      ),
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
