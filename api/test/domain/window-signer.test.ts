import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { createCloudFrontUrlSigner } from "../../adapters/cloudfront-url-signer.ts";
import type { Photo } from "../../domain/photo.ts";
import type { UrlSigner } from "../../domain/ports/signing.ts";
import { createWindowSigner, type SignForWindow } from "../../domain/window-signer.ts";
import { aPhoto, noon } from "../support/a-photo.ts";
import { createKeptPhotos } from "../support/kept-photos.ts";

const mediaUrl = "https://media.example.com";
const ecdsa = (keyId: string) =>
  createCloudFrontUrlSigner({ keyId, privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey });
const rsa = createCloudFrontUrlSigner({
  keyId: "KRSA",
  privateKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
});

describe("Signing for a window", () => {
  let now: Date;
  let store: ReturnType<typeof createKeptPhotos>;
  let writes: number;
  let signer: UrlSigner;
  let signed: number;

  beforeEach(() => {
    now = noon;
    store = createKeptPhotos();
    writes = 0;
    signed = 0;
    signer = ecdsa("K1");
  });

  /** An instance of the API: it shares the store with the others, and nothing else. */
  const instance = (address = mediaUrl): SignForWindow =>
    createWindowSigner({
      mediaUrl: address,
      windowSeconds: 900,
      currentSigner: async () => ({
        ...signer,
        signedQuery(resource, expiresAt) {
          signed += 1;
          return signer.signedQuery(resource, expiresAt);
        },
      }),
      signatures: {
        keepSignature(...kept) {
          writes += 1;
          return store.keepSignature(...kept);
        },
      },
      now: () => now,
    });
  const reserve = async (count: number) => {
    const photos = Array.from({ length: count }, () => aPhoto({ status: "ready" }));
    store.add(photos);
    return photos;
  };
  const reread = async (photos: readonly Photo[]) =>
    (await store.findMany(photos.map(({ id }) => id))).filter((photo) => photo !== undefined);
  const media = async (sign: SignForWindow, photos: readonly Photo[], until?: Date) =>
    (await sign(photos.map((photo) => ({ photo, parts: ["media"], until })))).map((parts) => parts.media?.query);

  it("gives one byte-identical signature on every instance and at every moment of a window", async () => {
    const photos = await reserve(3);
    const [one, other] = [instance(), instance()];
    const first = await media(one, photos);
    now = new Date("2026-06-01T12:14:59Z");
    expect(await media(one, await reread(photos))).to.deep.equal(first);
    expect(await media(other, await reread(photos))).to.deep.equal(first);
    expect({ signed, writes }).to.deep.equal({ signed: 3, writes: 3 });
  });

  it("agrees where instances race with photos that they read before anybody signed", async () => {
    const photos = await reserve(5);
    const answers = await Promise.all(Array.from({ length: 4 }, () => media(instance(), photos)));
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
  });

  it("needs no store and no second signature on the same instance", async () => {
    const photos = await reserve(2);
    const sign = instance();
    const first = await media(sign, photos);
    expect(await media(sign, photos)).to.deep.equal(first);
    expect({ signed, writes }).to.deep.equal({ signed: 2, writes: 2 });
  });

  it("signs and keeps a photo once, however often a list repeats it", async () => {
    const [photo = aPhoto()] = await reserve(1);
    const answers = await media(instance(), [photo, photo, photo]);
    expect(new Set(answers)).to.have.property("size", 1);
    expect({ signed, writes }).to.deep.equal({ signed: 1, writes: 1 });
  });

  it("writes nothing with a key whose signatures are always the same", async () => {
    signer = rsa;
    const photos = await reserve(2);
    expect(await media(instance(), photos)).to.deep.equal(await media(instance(), photos));
    expect(writes).to.equal(0);
  });

  it("signs anew in the next window, with another key, and for another address", async () => {
    const photos = await reserve(1);
    const sign = instance();
    const seen = [await media(sign, photos)];
    now = new Date("2026-06-01T12:15:00Z");
    seen.push(await media(sign, await reread(photos)));
    signer = ecdsa("K2");
    seen.push(await media(sign, await reread(photos)));
    seen.push(await media(instance("https://elsewhere.example.com"), await reread(photos)));
    expect(new Set(seen.flat())).to.have.property("size", 4);
  });

  it("signs each part once, the renditions by a wildcard and the original by its name", async () => {
    const [photo = aPhoto()] = await reserve(1);
    const [parts] = await instance()([{ photo, parts: ["media", "original"] }]);
    expect(parts?.media?.resource).to.equal(`${mediaUrl}/media/${photo.id}/*`);
    expect(parts?.original?.resource).to.equal(`${mediaUrl}/originals/${photo.id}`);
    expect(signed).to.equal(2);
  });

  it("never signs past the end of a right, and keeps such a signature from everybody else", async () => {
    const photos = await reserve(1);
    const sign = instance();
    const until = new Date("2026-06-01T12:01:00Z");
    const [limited] = await sign(photos.map((photo) => ({ photo, parts: ["media"] as const, until })));
    expect(limited?.media?.expiresAt).to.deep.equal(until);
    expect(writes).to.equal(0);
    expect(await media(sign, photos)).not.to.deep.equal([limited?.media?.query]);
  });

  it("signs a cold list of a thousand with a bounded number of writes under way", async () => {
    const photos = await reserve(1000);
    let underWay = 0;
    let most = 0;
    const sign = createWindowSigner({
      mediaUrl,
      windowSeconds: 900,
      currentSigner: async () => signer,
      signatures: {
        async keepSignature(_id, _part, signature) {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise(setImmediate);
          underWay -= 1;
          return signature;
        },
      },
      now: () => now,
    });
    expect(await media(sign, photos)).to.have.length(1000);
    expect(most).to.be.greaterThan(1).and.at.most(32);
  });
});
