import { expect } from "chai";
import { InvalidCursorError, QuotaExceededError } from "../domain/errors.ts";
import type { Photo, UploadStatus, WindowSignature } from "../domain/photo.ts";
import { beginProcessing, edit, markReady, markRejected, restore, trash } from "../domain/photo-changes.ts";
import type { AlbumStore } from "../domain/ports/album-store.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { PhotoStore, SignatureStore } from "../domain/ports/photo-store.ts";
import type { UserStore } from "../domain/ports/user-store.ts";
import { aPhoto, noon, noQuota } from "./support/a-photo.ts";

export interface OpenStore {
  readonly store: PhotoStore & SignatureStore;
  /** Where what photos add up to is read. */
  readonly users: UserStore;
  readonly albums: AlbumStore;
  close(): Promise<void>;
}

const tomorrow = new Date("2026-06-02T12:00:00.000Z");
const fullPhoto = (): Photo =>
  aPhoto({
    title: "Am See",
    filename: "IMG_0042.jpg",
    sha256: "3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A=",
    multipart: { partSize: 5_242_880, hashed: true, uploadId: "VXBsb2FkIElE" },
    visibility: "friends",
    formats: ["avif", "jpg"],
    createdAt: new Date("2026-06-01T11:59:59.123Z"),
    lapsesAt: tomorrow,
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
      const photo = aPhoto({ lapsesAt: tomorrow, ...overrides });
      await store.reserve([photo], noQuota);
      return photo;
    };
    /** A photo that went the way to its status as uploads do. */
    const reach: Record<UploadStatus, (id: string) => Promise<unknown>> = {
      pending: async () => {},
      processing: (id) => store.change(id, beginProcessing(now)),
      ready: async (id) => {
        await store.change(id, beginProcessing(now));
        await store.change(id, markReady({ width: 4, height: 3 }));
      },
      rejected: (id) => store.change(id, markRejected("undecodable", now)),
    };

    it("finds a reserved photo with every property as it was", async () => {
      const photo = fullPhoto();
      await store.reserve([photo], noQuota);
      expect(await store.find(photo.id)).to.deep.equal(photo);
    });

    it("finds nothing where nothing was reserved", async () => {
      expect(await store.find(aPhoto().id)).to.equal(undefined);
      expect(await store.findMany([])).to.deep.equal([]);
    });

    it("finds many in the order asked for, repeated and absent ones in their places, beyond what one batch takes", async () => {
      const photos = Array.from({ length: 230 }, () => aPhoto());
      await store.reserve(photos, noQuota);
      const asked = [...photos, aPhoto(), ...photos.slice(0, 3)].reverse();
      const found = await store.findMany(asked.map(({ id }) => id));
      expect(found.map((photo) => photo?.id)).to.deep.equal(
        asked.map((photo) => (photos.includes(photo) ? photo.id : undefined)),
      );
    });

    it("reserves an empty list by doing nothing", async () => {
      await store.reserve([], noQuota);
    });

    describe("lists by owner", () => {
      it("newest first, page by page, each photo once, and no cursor after the last page", async () => {
        const ownerId = someone();
        const photos = Array.from({ length: 6 }, () => aPhoto({ ownerId }));
        await store.reserve(photos, noQuota);
        await reserved({ ownerId: someone() });
        const first = await store.listByOwner(ownerId, { limit: 4 });
        const second = await store.listByOwner(ownerId, { limit: 4, cursor: first.nextCursor ?? "" });
        expect([...first.items, ...second.items]).to.deep.equal(photos.toReversed());
        expect(second).not.to.have.property("nextCursor");
      });

      it("without a cursor when the page ends with the list", async () => {
        const ownerId = someone();
        await store.reserve([aPhoto({ ownerId }), aPhoto({ ownerId })], noQuota);
        expect(await store.listByOwner(ownerId, { limit: 2 })).not.to.have.property("nextCursor");
      });

      it("only photos of the visibility asked for, over pages", async () => {
        const ownerId = someone();
        const photos = (["public", "private", "public", "friends", "public"] as const).map((visibility) =>
          aPhoto({ ownerId, visibility }),
        );
        await store.reserve(photos, noQuota);
        const query = { limit: 2, visibility: "public" } as const;
        const first = await store.listByOwner(ownerId, query);
        const second = await store.listByOwner(ownerId, { ...query, cursor: first.nextCursor ?? "" });
        expect([...first.items, ...second.items]).to.deep.equal(
          photos.toReversed().filter(({ visibility }) => visibility === "public"),
        );
      });

      it("and refuses a cursor of another list or a damaged one", async () => {
        const ownerId = someone();
        await store.reserve([aPhoto({ ownerId }), aPhoto({ ownerId })], noQuota);
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
        ["change", (id) => store.change(id, edit({ title: "Late" })), undefined],
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
      it("what the step changes and nothing else", async () => {
        const photo = fullPhoto();
        await store.reserve([photo], noQuota);
        const change = edit({ title: "Öresund", visibility: "public" });
        const changed = { ...change(photo), version: 2 };
        expect(await store.change(photo.id, change)).to.deep.equal(changed);
        expect(await store.find(photo.id)).to.deep.equal(changed);
      });

      it("by adding and taking away properties", async () => {
        const photo = fullPhoto();
        await store.reserve([photo], noQuota);
        await store.change(photo.id, edit({ title: null }));
        await reach.ready(photo.id);
        const ready = await store.find(photo.id);
        expect(ready)
          .to.include({ status: "ready", width: 4, height: 3 })
          .and.not.to.have.any.keys("title", "lapsesAt");
      });

      it("nothing where the step gives back what it was given", async () => {
        const photo = await reserved();
        expect(await store.change(photo.id, (same) => same)).to.deep.equal(photo);
        expect(await store.find(photo.id)).to.deep.equal(photo);
      });

      it("nothing where the step throws", async () => {
        const photo = await reserved();
        const refusal = new InvalidCursorError();
        const thrown = await store
          .change(photo.id, () => {
            throw refusal;
          })
          .catch((error: unknown) => error);
        expect(thrown).to.equal(refusal);
        expect(await store.find(photo.id)).to.deep.equal(photo);
      });

      it("nothing of a photo that is absent, and does not make it", async () => {
        const { id } = aPhoto();
        expect(await store.change(id, edit({ title: "Ghost" }))).to.equal(undefined);
        expect(await store.find(id)).to.equal(undefined);
      });

      it("and loses none of many that come at the same time", async () => {
        const { id } = await reserved({ title: "" });
        const letters = [..."abcdefgh"];
        await Promise.all(
          letters.map((letter) => store.change(id, (photo) => ({ ...photo, title: `${photo.title ?? ""}${letter}` }))),
        );
        const found = await store.find(id);
        expect([...(found?.title ?? "")].toSorted()).to.deep.equal(letters);
        expect(found?.version).to.equal(1 + letters.length);
      });
    });

    describe("keeps to a quota", () => {
      const bytes = async (ownerId: string) => (await opened.users.find(ownerId)).usage;
      const photosOf = (ownerId: string, ...sizes: number[]) => sizes.map((size) => aPhoto({ ownerId, size }));

      it("by reserving in order what fits, and refusing the rest one by one", async () => {
        const ownerId = someone();
        const outcomes = await store.reserve(photosOf(ownerId, 60, 50, 40), { bytes: 100, photos: 10 });
        expect(outcomes.map((outcome) => ("id" in outcome ? outcome.size : outcome.code))).to.deep.equal([
          60,
          "QUOTA_EXCEEDED",
          40,
        ]);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 100, photos: 2 });
      });

      it("also of the number of photos", async () => {
        const ownerId = someone();
        await store.reserve(photosOf(ownerId, 1), { bytes: 100, photos: 2 });
        const outcomes = await store.reserve(photosOf(ownerId, 1, 1), { bytes: 100, photos: 2 });
        expect(outcomes.map((outcome) => "id" in outcome)).to.deep.equal([true, false]);
      });

      it("when the first photo is larger than all that one may have", async () => {
        const ownerId = someone();
        const [outcome] = await store.reserve(photosOf(ownerId, 101), { bytes: 100, photos: 2 });
        expect(outcome).to.be.instanceOf(QuotaExceededError);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 0, photos: 0 });
      });

      it("over more photos than one transaction takes", async () => {
        const ownerId = someone();
        const outcomes = await store.reserve(photosOf(ownerId, ...Array(250).fill(2)), { bytes: 401, photos: 1000 });
        expect(outcomes.filter((outcome) => "id" in outcome)).to.have.length(200);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 400, photos: 200 });
      });

      it("when fifty reservations come at once for what five would fill", async () => {
        const ownerId = someone();
        const quota = { bytes: 50, photos: 1000 };
        const all = await Promise.all(Array.from({ length: 50 }, () => store.reserve(photosOf(ownerId, 10), quota)));
        expect(all.flat().filter((outcome) => "id" in outcome)).to.have.length(5);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 50, photos: 5 });
      });

      it("counts the trash, and neither what was rejected nor what was removed", async () => {
        const ownerId = someone();
        const [trashed, rejected, removed] = photosOf(ownerId, 1, 10, 100);
        if (!trashed || !rejected || !removed) return expect.fail();
        await store.reserve([trashed, rejected, removed], noQuota);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 111, photos: 3 });
        await store.change(trashed.id, trash(now));
        await reach.rejected(rejected.id);
        await store.remove(removed.id);
        await store.remove(removed.id);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 1, photos: 1 });
        await store.remove(rejected.id);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 1, photos: 1 });
      });

      it("finds a photo that is due whether it lapsed or not, and lets no change bring back one that expired", async () => {
        const { id, version } = await reserved();
        expect(await store.findDue(id, tomorrow)).to.equal(undefined);
        expect(await store.expire(id, tomorrow)).to.equal(undefined);
        const after = new Date(tomorrow.getTime() + 1);
        expect(await store.findDue(id, after)).to.include({ id, version });
        expect(await store.expire(id, after)).to.include({ id, version: version + 1 });
        now = after;
        expect(await store.change(id, trash(now))).to.equal(undefined);
        expect(await store.findDue(id, after)).to.include({ id, version: version + 1 });
        await store.remove(id);
        expect(await store.findDue(id, after)).to.equal(undefined);
        expect(await store.expire(id, after)).to.equal(undefined);
      });

      it("frees what a lapsed reservation took once it is removed", async () => {
        const { id, ownerId } = await reserved({ ownerId: someone(), size: 7 });
        now = tomorrow;
        await store.remove(id);
        expect(await bytes(ownerId)).to.deep.equal({ bytes: 0, photos: 0 });
      });
    });

    describe("counts in an album", () => {
      const openAlbum = async () => {
        const { id } = aPhoto();
        const album = {
          id,
          ownerId: "olga",
          title: "Lake",
          createdAt: noon,
          photoCount: 0,
          memberCount: 1,
          version: 1,
        };
        await opened.albums.create(album);
        return id;
      };
      const countOf = async (id: string) => (await opened.albums.find(id))?.photoCount;

      it("what is ready and not in the trash, wherever it moves", async () => {
        const [one, other] = [await openAlbum(), await openAlbum()];
        const { id } = await reserved({ albumId: one });
        const counts = async () => [await countOf(one), await countOf(other)];
        expect(await counts()).to.deep.equal([0, 0]);
        await reach.ready(id);
        expect(await counts()).to.deep.equal([1, 0]);
        await store.change(id, edit({ albumId: other }));
        expect(await counts()).to.deep.equal([0, 1]);
        await store.change(id, trash(now));
        expect(await counts()).to.deep.equal([0, 0]);
        await store.change(id, restore);
        expect(await counts()).to.deep.equal([0, 1]);
        await store.remove(id);
        expect(await counts()).to.deep.equal([0, 0]);
      });

      it("each of many that become ready at the same time", async () => {
        const albumId = await openAlbum();
        const photos = await Promise.all(Array.from({ length: 10 }, () => reserved({ ownerId: someone(), albumId })));
        await Promise.all(photos.map(({ id }) => reach.ready(id)));
        expect(await countOf(albumId)).to.equal(10);
      });

      it("nothing of an album that is deleted: the photo is taken out of it instead", async () => {
        const albumId = await openAlbum();
        const { id } = await reserved({ albumId });
        await opened.albums.delete(albumId, now);
        await reach.ready(id);
        expect(await store.find(id))
          .to.include({ status: "ready" })
          .and.not.to.have.property("albumId");
      });

      it("lists its photos newest first, as they are now", async () => {
        const albumId = await openAlbum();
        const first = await reserved({ ownerId: someone(), albumId });
        const second = await reserved({ ownerId: someone(), albumId });
        const gone = await reserved({ ownerId: someone(), albumId });
        await store.change(gone.id, edit({ albumId: null }));
        const { items } = await store.listByAlbum(albumId, { limit: 10 });
        expect(items).to.deep.equal([second, first]);
      });
    });

    describe("lists what is shared", () => {
      it("with friends and with everybody, ready and outside the trash, newest first", async () => {
        const ownerId = someone();
        const visibilities = ["friends", "private", "public", "public", "friends"] as const;
        const photos: Photo[] = [];
        for (const visibility of visibilities) photos.push(await reserved({ ownerId, visibility }));
        const [friends, , shared, trashed, pending] = photos.map(({ id }) => id);
        for (const { id } of photos) if (id !== pending) await reach.ready(id);
        await store.change(trashed ?? "", trash(now));
        const idsOf = async (visibility?: "public") =>
          (await store.listShared(ownerId, { limit: 10, visibility })).items.map(({ id }) => id);
        expect(await idsOf()).to.deep.equal([shared, friends]);
        expect(await idsOf("public")).to.deep.equal([shared]);
        await store.change(shared ?? "", edit({ visibility: "private" }));
        expect(await idsOf()).to.deep.equal([friends]);
      });

      it("page by page", async () => {
        const ownerId = someone();
        for (let index = 0; index < 5; index += 1) {
          await reach.ready((await reserved({ ownerId, visibility: "friends" })).id);
        }
        const first = await store.listShared(ownerId, { limit: 3 });
        const second = await store.listShared(ownerId, { limit: 3, cursor: first.nextCursor ?? "" });
        expect([first.items.length, second.items.length, second.nextCursor]).to.deep.equal([3, 2, undefined]);
      });
    });

    it("lists the trash apart from the rest", async () => {
      const ownerId = someone();
      const [kept, trashed] = [await reserved({ ownerId }), await reserved({ ownerId })];
      await store.change(trashed.id, trash(now));
      const idsOf = async (only: boolean) =>
        (await store.listByOwner(ownerId, { limit: 10, trashed: only })).items.map(({ id }) => id);
      expect(await idsOf(false)).to.deep.equal([kept.id]);
      expect(await idsOf(true)).to.deep.equal([trashed.id]);
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
        await store.change(id, edit({ visibility: "public" }));
        expect((await store.find(id))?.signatures?.media).to.deep.equal(aSignature());
      });
    });
  });
}

function other(letter: string): string {
  return letter === "A" ? "B" : "A";
}
