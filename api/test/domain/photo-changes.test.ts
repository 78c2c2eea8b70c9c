import { expect } from "chai";
import fc from "fast-check";
import type { Photo } from "../../domain/photo.ts";
import { statusOf } from "../../domain/photo.ts";
import {
  beginProcessing,
  countedIn,
  dueAt,
  edit,
  expire,
  giveUp,
  isLapsed,
  isShared,
  keepUploadId,
  markReady,
  markRejected,
  type PhotoChange,
  restore,
  takeOutOf,
  trash,
  usageOf,
} from "../../domain/photo-changes.ts";
import { aPhoto, noon } from "../support/a-photo.ts";

const dayMs = 86_400_000;
const daysLater = (days: number) => new Date(noon.getTime() + days * dayMs);
const albumId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a22";
const decoded = { width: 4032, height: 3024 };

const pending = aPhoto({ lapsesAt: daysLater(1) });
const processing = beginProcessing(noon)(pending);
const ready = markReady(decoded)(processing);
const rejected = markRejected("type-mismatch", noon)(processing);

describe("A photo", () => {
  it("goes from pending by processing to ready, and then no longer lapses", () => {
    expect(processing).to.deep.equal({ ...pending, status: "processing", lapsesAt: daysLater(15) });
    const { lapsesAt, ...kept } = pending;
    expect(ready).to.deep.equal({ ...kept, status: "ready", ...decoded });
  });

  it("that waits long in the midst of processing outlives another wait for a redrive", () =>
    expect(beginProcessing(daysLater(2))(processing)).to.deep.equal({ ...processing, lapsesAt: daysLater(17) }));

  it("that is rejected says why for 30 days", () =>
    expect(rejected)
      .to.include({ status: "rejected", reason: "type-mismatch" })
      .and.deep.include({
        lapsesAt: daysLater(30),
      }));

  const idle: [string, Photo, PhotoChange][] = [
    ["processing does not begin again", processing, beginProcessing(daysLater(1))],
    ["ready does not begin to be processed", ready, beginProcessing(noon)],
    ["rejected does not begin to be processed", rejected, beginProcessing(noon)],
    ["pending does not become ready at once", pending, markReady(decoded)],
    ["ready does not become ready again", ready, markReady({ width: 1, height: 1 })],
    ["rejected does not become ready", rejected, markReady(decoded)],
    ["processing is not given up", processing, giveUp(noon)],
    ["ready is not given up", ready, giveUp(noon)],
    ["in one piece has no upload whose id it could keep", pending, keepUploadId("id")],
    ["ready is not rejected", ready, markRejected("empty", noon)],
    ["rejected is not rejected for another reason", rejected, markRejected("empty", noon)],
    ["in the trash is not put there again", trash(noon)(ready), trash(daysLater(1))],
    ["outside the trash has nothing to come back from", ready, restore],
    ["in another album is not taken out of this one", { ...ready, albumId: ready.id }, takeOutOf(albumId)],
  ];
  for (const [title, photo, change] of idle) {
    it(`that is ${title}`, () => expect(change(photo)).to.equal(photo));
  }

  it("whose upload is given up takes nothing of the quota and is absent at once", () => {
    const givenUp = giveUp(noon)(pending);
    expect(usageOf(givenUp)).to.deep.equal({ bytes: 0, photos: 0 });
    expect(isLapsed(givenUp, noon)).to.equal(true);
    expect(dueAt(givenUp)).to.deep.equal(noon);
  });

  it("in parts keeps the first id that S3 gave its upload", () => {
    const inParts = aPhoto({ multipart: { partSize: 5_242_880 } });
    const begun = keepUploadId("first")(inParts);
    expect(begun.multipart).to.deep.equal({ partSize: 5_242_880, uploadId: "first" });
    expect(keepUploadId("second")(begun)).to.equal(begun);
  });

  it("in the trash is trashed whatever it was, and comes back as that", () => {
    for (const photo of [pending, processing, ready, rejected]) {
      const trashed = trash(noon)(photo);
      expect(statusOf(trashed)).to.equal("trashed");
      expect(restore(trashed)).to.deep.equal(photo);
    }
  });

  it("in the trash goes on being processed, for the day when it comes back", () =>
    expect(restore(markReady(decoded)(trash(noon)(processing)))).to.deep.equal(ready));

  it("keeps what an edit leaves out, and loses what it makes null", () => {
    const titled = edit({ title: "Lake", albumId })(ready);
    expect(titled).to.deep.equal({ ...ready, title: "Lake", albumId });
    expect(edit({ visibility: "public" })(titled)).to.deep.equal({ ...titled, visibility: "public" });
    expect(edit({ title: null, albumId: null })(titled)).to.deep.equal(ready);
  });

  it("leaves the album that it is taken out of", () =>
    expect(takeOutOf(albumId)({ ...ready, albumId })).to.deep.equal(ready));
});

describe("The time of a photo", () => {
  it("is up at the very moment when it lapses", () => {
    expect(isLapsed(pending, daysLater(1))).to.equal(true);
    expect(isLapsed(pending, new Date(daysLater(1).getTime() - 1))).to.equal(false);
    expect(isLapsed(ready, daysLater(10_000))).to.equal(false);
  });

  it("is due when it lapses or 30 days after it went to the trash, whichever comes first", () => {
    expect(dueAt(ready)).to.equal(undefined);
    expect(dueAt(pending)).to.deep.equal(daysLater(1));
    expect(dueAt(trash(noon)(ready))).to.deep.equal(daysLater(30));
    expect(dueAt(trash(noon)(pending))).to.deep.equal(daysLater(1));
    expect(dueAt({ trashedAt: noon, lapsesAt: daysLater(31) })).to.deep.equal(daysLater(30));
  });

  it("is up for good once it expired, even from the trash, and only after it was due", () => {
    const trashed = trash(noon)(ready);
    const expired = expire(daysLater(31))(trashed);
    expect(expired).to.deep.equal({ ...trashed, lapsesAt: daysLater(30) });
    expect(isLapsed(restore(expired), daysLater(31))).to.equal(true);
    for (const photo of [trashed, pending, ready]) expect(expire(noon)(photo)).to.equal(photo);
    expect(expire(daysLater(30))(trashed)).to.equal(trashed);
  });

  it("expires as another photo even where it has lapsed, so that whoever read it before writes nothing", () => {
    const expired = expire(daysLater(2))(pending);
    expect(expired).to.deep.equal(pending);
    expect(expired === pending).to.equal(false);
  });
});

describe("What a photo counts for", () => {
  it("in the quota is its announced size until it is rejected, the trash included", () => {
    for (const photo of [pending, processing, ready, trash(noon)(ready)]) {
      expect(usageOf(photo)).to.deep.equal({ bytes: 1234, photos: 1 });
    }
    expect(usageOf(rejected)).to.deep.equal({ bytes: 0, photos: 0 });
  });

  it("in its album is one, while it is ready and not in the trash", () => {
    const inAlbum = (photo: Photo) => countedIn({ ...photo, albumId });
    expect([pending, processing, rejected, trash(noon)(ready)].map(inAlbum)).to.deep.equal(Array(4).fill(undefined));
    expect(inAlbum(ready)).to.equal(albumId);
    expect(countedIn(ready)).to.equal(undefined);
  });

  it("in the lists of others is nothing while it is private, on its way or in the trash", () => {
    expect([ready, pending, trash(noon)(ready)].map(isShared)).to.deep.equal([false, false, false]);
    expect(isShared({ ...ready, visibility: "friends" })).to.equal(true);
    expect(isShared({ ...ready, visibility: "public" })).to.equal(true);
    expect(isShared({ ...pending, visibility: "public" })).to.equal(false);
    expect(isShared({ ...trash(noon)(ready), visibility: "public" })).to.equal(false);
  });
});

describe("Changes of a photo in any order", () => {
  const changes: readonly PhotoChange[] = [
    beginProcessing(noon),
    markReady(decoded),
    markRejected("empty", noon),
    trash(noon),
    restore,
    edit({ visibility: "public" }),
  ];

  it("never leave `ready` or `rejected`, and never make a photo that is not ready last for ever", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...changes)), (steps) => {
        let photo: Photo = pending;
        for (const step of steps) {
          const after = step(photo);
          if (photo.status === "ready" || photo.status === "rejected") expect(after.status).to.equal(photo.status);
          photo = after;
          expect(photo.lapsesAt === undefined).to.equal(photo.status === "ready");
        }
      }),
    );
  });
});
