import { expect } from "chai";
import { InvalidCursorError } from "../domain/errors.ts";
import type { Photo, PhotoStatus, WindowSignature } from "../domain/photo.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { PhotoStore, SignatureStore } from "../domain/ports/photo-store.ts";
import { aPhoto, noon } from "./support/a-photo.ts";

export interface OpenStore {
  readonly store: PhotoStore & SignatureStore;
  close(): Promise<void>;
}

const tomorrow = new Date("2026-06-02T12:00:00.000Z");
const fullPhoto = (): Photo =>
  aPhoto({
    title: "Am See",
    filename: "IMG_0042.jpg",
    sha256: "3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A=",
    visibility: "friends",
    createdAt: new Date("2026-06-01T11:59:59.123Z"),
  });
const aSignature = (overrides: Partial<WindowSignature> = {}): WindowSignature => ({
  keyId: "K1",
  resource: "https://media.example.com/media/x/*",
  expiresAt: tomorrow,
  query: "Signature=one",
  ...overrides,
});

/** What every store of photos must do; `open` makes an empty one that tells the time by `now`. */
export function photoStoreContract(name: string, open: (now: Clock) => Promise<OpenStore>): void {
  describe(`${name} keeps photos`, () => {
    let opened: OpenStore;
    let store: OpenStore["store"];
    let now: Date;
    let owners = 0;

    before(async () => {
      opened = await open(() => now);
      store = opened.store;
    });
    after(() => opened.close());
    beforeEach(() => {
      now = noon;
    });

    /** Somebody whose list holds nothing of another test's. */
    const someone = () => `owner-${++owners}`;
    const reserved = async (overrides: Partial<Photo> = {}) => {
      const photo = aPhoto(overrides);
      await store.reserve([photo], tomorrow);
      return photo;
    };
    /** A photo that went the way to its status as uploads do. */
    const reach: Record<Exclude<PhotoStatus, "trashed">, (id: string) => Promise<unknown>> = {
      pending: async () => {},
      processing: (id) => store.beginProcessing(id),
      ready: async (id) => {
        await store.beginProcessing(id);
        await store.markReady(id, { width: 4, height: 3 });
      },
      rejected: (id) => store.markRejected(id, "undecodable"),
    };

    it("finds a reserved photo with every property as it was", async () => {
      const photo = fullPhoto();
      await store.reserve([photo], tomorrow);
      expect(await store.find(photo.id)).to.deep.equal(photo);
    });

    it("finds nothing where nothing was reserved", async () => {
      expect(await store.find(aPhoto().id)).to.equal(undefined);
      expect(await store.findMany([])).to.deep.equal([]);
    });

    it("finds many in the order asked for, repeated and absent ones in their places, beyond what one batch takes", async () => {
      const photos = Array.from({ length: 230 }, () => aPhoto());
      await store.reserve(photos, tomorrow);
      const asked = [...photos, aPhoto(), ...photos.slice(0, 3)].reverse();
      const found = await store.findMany(asked.map(({ id }) => id));
      expect(found.map((photo) => photo?.id)).to.deep.equal(
        asked.map((photo) => (photos.includes(photo) ? photo.id : undefined)),
      );
    });

    it("reserves an empty list by doing nothing", async () => {
      await store.reserve([], tomorrow);
    });

    describe("lists by owner", () => {
      it("newest first, page by page, each photo once, and no cursor after the last page", async () => {
        const ownerId = someone();
        const photos = Array.from({ length: 6 }, () => aPhoto({ ownerId }));
        await store.reserve(photos, tomorrow);
        await reserved({ ownerId: someone() });
        const first = await store.listByOwner(ownerId, { limit: 4 });
        const second = await store.listByOwner(ownerId, { limit: 4, cursor: first.nextCursor ?? "" });
        expect([...first.items, ...second.items]).to.deep.equal(photos.toReversed());
        expect(second).not.to.have.property("nextCursor");
      });

      it("without a cursor when the page ends with the list", async () => {
        const ownerId = someone();
        await store.reserve([aPhoto({ ownerId }), aPhoto({ ownerId })], tomorrow);
        expect(await store.listByOwner(ownerId, { limit: 2 })).not.to.have.property("nextCursor");
      });

      it("only photos of the visibility asked for, over pages", async () => {
        const ownerId = someone();
        const photos = (["public", "private", "public", "friends", "public"] as const).map((visibility) =>
          aPhoto({ ownerId, visibility }),
        );
        await store.reserve(photos, tomorrow);
        const query = { limit: 2, visibility: "public" } as const;
        const first = await store.listByOwner(ownerId, query);
        const second = await store.listByOwner(ownerId, { ...query, cursor: first.nextCursor ?? "" });
        expect([...first.items, ...second.items]).to.deep.equal(
          photos.toReversed().filter(({ visibility }) => visibility === "public"),
        );
      });

      it("and refuses a cursor of another list or a damaged one", async () => {
        const ownerId = someone();
        await store.reserve([aPhoto({ ownerId }), aPhoto({ ownerId })], tomorrow);
        const { nextCursor: cursor = "" } = await store.listByOwner(ownerId, { limit: 1 });
        const damaged = [...cursor].map((letter, at) => cursor.slice(0, at) + other(letter) + cursor.slice(at + 1));
        const attempts: [string, string, "public"?][] = [
          [someone(), cursor],
          [ownerId, cursor, "public"],
          [ownerId, ""],
          [ownerId, cursor.slice(1)],
          [ownerId, `${cursor}A`],
          ...damaged.map((each): [string, string] => [ownerId, each]),
        ];
        for (const [owner, tried, visibility] of attempts) {
          const page = { limit: 1, cursor: tried, ...(visibility && { visibility }) };
          const error = await store.listByOwner(owner, page).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(error, `${owner} ${tried}`).to.be.instanceOf(InvalidCursorError);
        }
      });
    });

    describe("lets a reservation lapse", () => {
      const operations: [string, (id: string, ownerId: string) => Promise<unknown>, unknown][] = [
        ["find", (id) => store.find(id), undefined],
        ["findMany", (id) => store.findMany([id]), [undefined]],
        ["listByOwner", (_, ownerId) => store.listByOwner(ownerId, { limit: 5 }), { items: [] }],
        ["update", (id) => store.update(id, { title: "Late" }), undefined],
        ["beginProcessing", (id) => store.beginProcessing(id), undefined],
        ["markRejected", (id) => store.markRejected(id, "empty"), undefined],
      ];
      for (const [operation, run, expected] of operations) {
        it(`for ${operation}, at the moment it ends`, async () => {
          const { id, ownerId } = await reserved({ ownerId: someone() });
          now = tomorrow;
          expect(await run(id, ownerId)).to.deep.equal(expected);
        });
      }

      it("but not of a photo that became ready", async () => {
        const { id } = await reserved();
        await reach.ready(id);
        now = tomorrow;
        expect(await store.find(id)).to.include({ status: "ready" });
      });
    });

    describe("changes", () => {
      it("what is given and nothing else", async () => {
        const photo = fullPhoto();
        await store.reserve([photo], tomorrow);
        const changed = { ...photo, title: "Öresund", visibility: "public" as const };
        expect(await store.update(photo.id, { title: "Öresund", visibility: "public" })).to.deep.equal(changed);
        expect(await store.update(photo.id, {})).to.deep.equal(changed);
        expect(await store.find(photo.id)).to.deep.equal(changed);
      });

      it("a title of null into none", async () => {
        const photo = fullPhoto();
        await store.reserve([photo], tomorrow);
        expect(await store.update(photo.id, { title: null })).not.to.have.property("title");
      });

      it("nothing of a photo that is absent, and does not make it", async () => {
        const { id } = aPhoto();
        expect(await store.update(id, { title: "Ghost" })).to.equal(undefined);
        expect(await store.find(id)).to.equal(undefined);
      });
    });

    describe("moves a photo on", () => {
      const takenAt = new Date("2026-05-30T08:15:00.000Z");
      type Move = "beginProcessing" | "markReady" | "markRejected";
      const move: Record<Move, (id: string) => Promise<Photo | undefined>> = {
        beginProcessing: (id) => store.beginProcessing(id),
        markReady: (id) => store.markReady(id, { width: 4032, height: 3024, takenAt }),
        markRejected: (id) => store.markRejected(id, "hash-mismatch"),
      };
      const cases: [keyof typeof reach, Move, PhotoStatus | undefined][] = [
        ["pending", "beginProcessing", "processing"],
        ["processing", "beginProcessing", "processing"],
        ["ready", "beginProcessing", "ready"],
        ["rejected", "beginProcessing", "rejected"],
        ["pending", "markReady", undefined],
        ["processing", "markReady", "ready"],
        ["ready", "markReady", undefined],
        ["rejected", "markReady", undefined],
        ["pending", "markRejected", "rejected"],
        ["processing", "markRejected", "rejected"],
        ["ready", "markRejected", undefined],
        ["rejected", "markRejected", undefined],
      ];
      for (const [from, by, expected] of cases) {
        it(`from ${from} by ${by} ${expected ? `to ${expected}` : "nowhere"}`, async () => {
          const { id } = await reserved();
          await reach[from](id);
          expect((await move[by](id))?.status).to.equal(expected);
          expect((await store.find(id))?.status).to.equal(expected ?? from);
        });
      }

      it("and keeps what the worker learned", async () => {
        const photo = await reserved();
        await store.beginProcessing(photo.id);
        const ready = { ...photo, status: "ready", width: 4032, height: 3024, takenAt };
        expect(await move.markReady(photo.id)).to.deep.equal(ready);
        const turnedAway = await reserved();
        expect(await move.markRejected(turnedAway.id)).to.include({ reason: "hash-mismatch" });
      });

      it("not when it is absent", async () => {
        for (const by of Object.values(move)) expect(await by(aPhoto().id)).to.equal(undefined);
      });
    });

    it("removes a photo, also one that is gone", async () => {
      const { id, ownerId } = await reserved({ ownerId: someone() });
      await store.remove(id);
      await store.remove(id);
      expect(await store.find(id)).to.equal(undefined);
      expect(await store.listByOwner(ownerId, { limit: 1 })).to.deep.equal({ items: [] });
    });

    describe("keeps the signature of a window", () => {
      it("which is read with the photo, each part by itself", async () => {
        const photo = await reserved();
        const [media, original] = [aSignature(), aSignature({ query: "Signature=two" })];
        expect(await store.keepSignature(photo.id, "media", media)).to.deep.equal(media);
        expect(await store.keepSignature(photo.id, "original", original)).to.deep.equal(original);
        expect(await store.find(photo.id)).to.deep.equal({ ...photo, signatures: { media, original } });
      });

      it("of the first signer, which everybody who races with it gets", async () => {
        const { id } = await reserved();
        const ours = Array.from({ length: 12 }, (_, index) => aSignature({ query: `Signature=${index}` }));
        const agreed = await Promise.all(ours.map((signature) => store.keepSignature(id, "media", signature)));
        expect(new Set(agreed.map(({ query }) => query))).to.have.property("size", 1);
        expect((await store.find(id))?.signatures?.media).to.deep.equal(agreed[0]);
      });

      const later = new Date(tomorrow.getTime() + 900_000);
      const earlier = new Date(tomorrow.getTime() - 900_000);
      const cases: [string, Partial<WindowSignature>, boolean][] = [
        ["until a later window", { expiresAt: later }, true],
        ["and none of an earlier window in its place", { expiresAt: earlier }, false],
        ["until another key signs", { keyId: "K2" }, true],
        ["until the resource has another address", { resource: "https://elsewhere.example.com/media/x/*" }, true],
      ];
      for (const [title, overrides, replaces] of cases) {
        it(title, async () => {
          const { id } = await reserved();
          const first = await store.keepSignature(id, "media", aSignature());
          const second = aSignature({ query: "Signature=two", ...overrides });
          expect(await store.keepSignature(id, "media", second)).to.deep.equal(second);
          expect((await store.find(id))?.signatures?.media).to.deep.equal(replaces ? second : first);
        });
      }

      it("of no photo that is gone, and does not bring it back", async () => {
        const { id } = aPhoto();
        const signature = aSignature();
        expect(await store.keepSignature(id, "media", signature)).to.deep.equal(signature);
        expect(await store.find(id)).to.equal(undefined);
      });

      it("through every change of the photo", async () => {
        const { id } = await reserved();
        await store.keepSignature(id, "media", aSignature());
        await reach.ready(id);
        await store.update(id, { visibility: "public" });
        expect((await store.find(id))?.signatures?.media).to.deep.equal(aSignature());
      });
    });
  });
}

function other(letter: string): string {
  return letter === "A" ? "B" : "A";
}
