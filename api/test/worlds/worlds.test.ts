import { expect } from "chai";
import fc from "fast-check";
import type { InjectOptions } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { beginProcessing, markReady } from "../../domain/photo-changes.ts";
import { leftovers, tableViolations } from "../support/table-violations.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";
import { wholeTable } from "../support/whole-table.ts";
import { NaiveModel, type Role, type User, users, type Visibility } from "./naive-model.ts";

/** `npm run test:deep` asks for thousands. */
const worlds = Number(process.env.LATCHKEY_WORLDS ?? 120);
/**
 * The same worlds each time, so that a change is judged by what it changes; `npm run test:deep` looks at others. With the
 * seed and the path that a counterexample names, it is there again.
 */
const seed = Number(process.env.LATCHKEY_SEED ?? 20_260_601);
const path = process.env.LATCHKEY_PATH;
const longestMs = Math.max(110_000, worlds * 1000);

const user = fc.constantFrom(...users);
const other = fc.integer({ min: 1, max: users.length - 1 });
const visibility = fc.constantFrom<Visibility>("private", "friends", "public");
const role = fc.constantFrom<Role>("viewer", "contributor", "manager");
/** A little beyond what there is: some acts are about nothing. */
const number = fc.nat(2);

const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("reserve"),
      user,
      visibility,
      ready: fc.constantFrom(true, true, true, false),
    }),
  },
  fc.record({ kind: fc.constant("setVisibility"), user, photo: number, visibility }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("putIntoAlbum"), user, photo: number, album: number }) },
  fc.record({ kind: fc.constantFrom("trash", "restore"), user, photo: number }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("makeAlbum"), user }) },
  fc.record({ kind: fc.constant("deleteAlbum"), user, album: number }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("appoint"), user, album: number, other, role }) },
  fc.record({ kind: fc.constant("dismiss"), user, album: number, other: fc.nat(users.length - 1) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("ask"), user, other }) },
  fc.record({ kind: fc.constantFrom("part", "block", "unblock"), user, other }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** Half of the worlds begin as no random acts would in a reasonable time: with an album that is shared and not empty. */
const village: Act[] = [
  { kind: "makeAlbum", user: "ann" },
  { kind: "reserve", user: "ann", visibility: "private", ready: true },
  { kind: "putIntoAlbum", user: "ann", photo: 0, album: 0 },
  { kind: "appoint", user: "ann", album: 0, other: 1, role: "contributor" },
  { kind: "appoint", user: "ann", album: 0, other: 2, role: "viewer" },
];
const start = fc.constantFrom<Act[]>([], village);

describe("In any world, the API answers as the table of who may see what has it", function () {
  this.timeout(longestMs + 10_000);
  let test: TestApp;
  let count = 0;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  /** One world: its own users, the model, and the ids of what the model knows by number. */
  function openWorld() {
    const model = new NaiveModel();
    const world = ++count;
    const idOf = (name: User) => `${name}-${world}`;
    const photos: string[] = [];
    const albums: string[] = [];
    const nothing = uuidv7();
    const ask = (name: User, method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, payload?: object) =>
      test.ask(idOf(name), { method, url, ...(payload && { payload }) } satisfies InjectOptions);
    const photoId = (index: number) => photos[index] ?? nothing;
    const albumId = (index: number) => albums[index] ?? nothing;
    const awayFrom = (name: User, steps: number) => users[(users.indexOf(name) + steps) % users.length] ?? name;

    /** Does it to both; resolves to what each answers. */
    async function perform(it: Act): Promise<[real: number, expected: number]> {
      switch (it.kind) {
        case "reserve": {
          const body = { contentType: "image/jpeg", size: 1, visibility: it.visibility };
          const answer = await ask(it.user, "POST", "/v1/photos", body);
          const { id } = answer.json().photo;
          photos.push(id);
          if (it.ready) {
            await test.stores.photos.change(id, beginProcessing(test.now));
            await test.stores.photos.change(id, markReady({ width: 4, height: 3 }));
          }
          return [answer.statusCode, model.reserve(it.user, it.visibility, it.ready)];
        }
        case "setVisibility": {
          const answer = await ask(it.user, "PATCH", `/v1/photos/${photoId(it.photo)}`, { visibility: it.visibility });
          return [answer.statusCode, model.setVisibility(it.user, it.photo, it.visibility)];
        }
        case "putIntoAlbum": {
          const body = { albumId: albumId(it.album) };
          const answer = await ask(it.user, "PATCH", `/v1/photos/${photoId(it.photo)}`, body);
          return [answer.statusCode, model.putIntoAlbum(it.user, it.photo, it.album)];
        }
        case "makeAlbum": {
          const answer = await ask(it.user, "POST", "/v1/albums", { title: "Lake" });
          albums.push(answer.json().album.id);
          return [answer.statusCode, model.makeAlbum(it.user)];
        }
        case "deleteAlbum": {
          const answer = await ask(it.user, "DELETE", `/v1/albums/${albumId(it.album)}`);
          return [answer.statusCode, model.deleteAlbum(it.user, it.album)];
        }
        case "appoint": {
          const whom = awayFrom(it.user, it.other);
          const url = `/v1/albums/${albumId(it.album)}/members/${idOf(whom)}`;
          const answer = await ask(it.user, "PUT", url, { role: it.role });
          return [answer.statusCode, model.appoint(it.user, it.album, whom, it.role)];
        }
        case "dismiss": {
          const whom = awayFrom(it.user, it.other);
          const answer = await ask(it.user, "DELETE", `/v1/albums/${albumId(it.album)}/members/${idOf(whom)}`);
          return [answer.statusCode, model.dismiss(it.user, it.album, whom)];
        }
        case "ask": {
          const whom = awayFrom(it.user, it.other);
          return [(await ask(it.user, "PUT", `/v1/friends/${idOf(whom)}`)).statusCode, model.ask(it.user, whom)];
        }
        case "part": {
          const whom = awayFrom(it.user, it.other);
          return [(await ask(it.user, "DELETE", `/v1/friends/${idOf(whom)}`)).statusCode, model.part(it.user, whom)];
        }
        case "block": {
          const whom = awayFrom(it.user, it.other);
          return [(await ask(it.user, "PUT", `/v1/blocks/${idOf(whom)}`)).statusCode, model.block(it.user, whom)];
        }
        case "unblock": {
          const whom = awayFrom(it.user, it.other);
          return [(await ask(it.user, "DELETE", `/v1/blocks/${idOf(whom)}`)).statusCode, model.unblock(it.user, whom)];
        }
        case "trash":
          return [
            (await ask(it.user, "DELETE", `/v1/photos/${photoId(it.photo)}`)).statusCode,
            model.trash(it.user, it.photo),
          ];
        case "restore":
          return [
            (await ask(it.user, "POST", `/v1/photos/${photoId(it.photo)}/restore`)).statusCode,
            model.restore(it.user, it.photo),
          ];
      }
    }

    const numbers = (items: { photo: { id: string } }[]) => items.map(({ photo }) => photos.indexOf(photo.id));

    async function expectPhotos(viewer: User): Promise<void> {
      for (const [index, id] of photos.entries()) {
        const answer = await ask(viewer, "GET", `/v1/photos/${id}`);
        const { urls = {} } = answer.json();
        const seen = answer.statusCode === 404 ? "no" : urls.original ? "download" : urls["640"] ? "view" : "metadata";
        expect(seen, `${viewer} of photo ${index}`).to.equal(model.sees(viewer, index));
        const signed = (await ask(viewer, "POST", "/v1/urls", { items: [{ photoId: id }] })).json().items[0];
        expect("url" in signed, `a URL for ${viewer} of photo ${index}`).to.equal(["view", "download"].includes(seen));
      }
    }

    async function expectLists(viewer: User): Promise<void> {
      for (const owner of users) {
        const { items } = (await ask(viewer, "GET", `/v1/photos?owner=${idOf(owner)}`)).json();
        expect(numbers(items), `${viewer} lists ${owner}'s`).to.deep.equal(model.listed(viewer, owner));
      }
      for (const [index, id] of albums.entries()) {
        const answer = await ask(viewer, "GET", `/v1/albums/${id}/photos`);
        const listed = answer.statusCode === 404 ? undefined : numbers(answer.json().items);
        expect(listed, `${viewer} lists album ${index}`).to.deep.equal(model.albumPhotos(viewer, index));
      }
      const feed = (await ask(viewer, "GET", "/v1/feed")).json();
      expect(numbers(feed.items), `${viewer}'s feed`).to.deep.equal(model.feed(viewer));
      const { used } = (await ask(viewer, "GET", "/v1/me")).json();
      expect(used.photos, `${viewer}'s use`).to.equal(model.photosUsed(viewer));
    }

    async function expectPermalinks(): Promise<void> {
      for (const [index, id] of photos.entries()) {
        const { statusCode } = await test.ask(undefined, { url: `/p/${id}/640` });
        expect(statusCode, `permalink of photo ${index}`).to.equal(model.permalinkOpens(index) ? 302 : 404);
      }
    }

    return { perform, expectPhotos, expectLists, expectPermalinks };
  }

  it(`of ${worlds}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40, size: "max" }), start, async (acts, begun) => {
        const world = openWorld();
        for (const [index, each] of [...begun, ...acts].entries()) {
          const [real, expected] = await world.perform(each);
          expect(real, `act ${index}, ${JSON.stringify(each)}`).to.equal(expected);
        }
        for (const viewer of users) {
          await world.expectPhotos(viewer);
          await world.expectLists(viewer);
        }
        await world.expectPermalinks();
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
    expect([...tableViolations(items), ...leftovers(items, test.now)]).to.deep.equal([]);
  });
});
