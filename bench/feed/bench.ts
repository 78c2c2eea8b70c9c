import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStores } from "../../api/compose/stores.ts";
import { maxFriends } from "../../api/domain/friendship.ts";
import type { SignPhotoUrls } from "../../api/domain/photo-urls.ts";
import type { PageRequest } from "../../api/domain/ports/page.ts";
import { createReadFeed } from "../../api/domain/use-cases/feed/read-feed.ts";
import type { Bench } from "../bench.ts";
import { clocked } from "../clocked.ts";
import { interleave } from "../interleave.ts";
import { startRunningCloud } from "../local/running-cloud.ts";
import { table } from "../report.ts";
import { putExampleFriends } from "./example-friends.ts";
import { createMeteredClient } from "./metered-client.ts";

/** Away from `npm start`'s own ports, so that both can run. */
const port = 4500;
const limit = 50;
const farDown = 3000;
/** DynamoDB on demand in us-east-1, in dollars. */
const dollarsPerMillionReadUnits = 0.125;

const viewerId = "viewer-00000000000000000000000000000";
/** What signing costs is another bench's. */
const unsigned: SignPhotoUrls = async (wanted) => wanted.map(({ photo }) => ({ photo, urls: {} }));

/** A page of the feed of a user with as many friends as there may be, beside a page of the user's own photos. */
export const benchFeed: Bench = async ({ seconds, print }) => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
  const cloud = await startRunningCloud(join(folder, "data"), port);
  try {
    const { aws: endpoint, region, admin: credentials, table: tableName } = cloud.addresses;
    const { client, measure } = createMeteredClient({ endpoint, region, credentials });
    const kept = { client, tableName };
    print(`Making ${maxFriends} friends …\n`);
    await putExampleFriends(kept, viewerId);

    const now = () => new Date();
    const stores = createStores({ ...kept, now });
    const readFeed = createReadFeed({ ...stores, signPhotoUrls: unsigned, now });
    const viewer = { userId: viewerId, groups: [] };
    const feed = (page: PageRequest) => () => readFeed(viewer, page);
    const { nextCursor } = await readFeed(viewer, { limit: farDown });

    const subjects = {
      own: { name: "own photos", work: () => stores.photos.listByOwner(viewerId, { limit }) },
      first: { name: "feed, first page", work: feed({ limit }) },
      later: { name: `feed, after ${farDown} photos`, work: feed({ limit, cursor: nextCursor }) },
    };
    const consumed = new Map<string, { requests: number; readUnits: number }>();
    for (const { name, work } of Object.values(subjects)) consumed.set(name, await measure(work));
    const timed = await interleave(
      Object.fromEntries(Object.entries(subjects).map(([key, { name, work }]) => [key, clocked(name, work)])),
      seconds,
    );
    const own = timed.own?.microseconds ?? Number.NaN;
    const rows = Object.values(timed).map(({ name, microseconds }) => {
      const { requests, readUnits } = consumed.get(name) ?? { requests: Number.NaN, readUnits: Number.NaN };
      return [
        name,
        String(requests),
        readUnits.toFixed(1),
        ((readUnits * dollarsPerMillionReadUnits) / 1_000_000).toFixed(7),
        (microseconds / 1000).toFixed(0),
        `${(microseconds / own).toFixed(1)}×`,
      ];
    });
    print(
      table([[`A page of ${limit}, ${maxFriends} friends`, "requests", "read units", "$", "ms", "of own"], ...rows]),
    );
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
