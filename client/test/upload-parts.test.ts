import { expect } from "chai";
import { accessTokenOf } from "../../local/test/support/journey.ts";
import { largePhoto } from "../../local/test/support/large-photo.ts";
import { startTestCloud, type TestCloud } from "../../local/test/support/test-cloud.ts";
import { createLatchkey, type Latchkey, LatchkeyProblem, type UploadOptions, UploadRefusedError } from "../index.ts";
import { type Mishap, startUnreliableProxy, type UnreliableProxy } from "./support/unreliable-proxy.ts";

const mebibyte = 1024 ** 2;
const partCount = 4;

describe("The client's upload in parts", () => {
  let cloud: TestCloud;
  let proxy: UnreliableProxy;
  let token: string;
  let photo: Buffer<ArrayBuffer>;
  before(async () => {
    cloud = await startTestCloud();
    proxy = await startUnreliableProxy(cloud.s3);
    token = await accessTokenOf(cloud, "olga");
    photo = Buffer.from(await largePhoto(16 * mebibyte));
  });
  after(async () => {
    await proxy?.close();
    await cloud?.stop();
  });

  /** As an app that was started anew: it knows nothing but what it is told. */
  function connect(parallelParts = 2): Latchkey {
    const fetch: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(typeof input === "string" ? input.replace(cloud.s3, proxy.url) : input, init);
    const uploads = { partsFrom: 6 * mebibyte, parallelParts, stallSeconds: 2 };
    return createLatchkey({ baseUrl: cloud.api, token, fetch, uploads });
  }

  async function expectStored(olga: Latchkey, id: string): Promise<void> {
    const { urls } = await olga.whenReady(id);
    const original = Buffer.from(await (await fetch(urls.original ?? "")).arrayBuffer());
    expect(original.equals(photo), "the original is what was sent, to the byte").to.equal(true);
  }

  it("makes a photo of a large file, and says how far it is", async () => {
    const before = proxy.uploads;
    const progress: number[] = [];
    const begun: string[] = [];
    const olga = connect();
    const { id, status } = await olga.upload(photo, {
      title: "Large",
      onBegun: (photoId) => begun.push(photoId),
      onProgress: ({ phase, loaded }) => phase === "uploading" && progress.push(loaded),
    });
    expect(status).to.be.oneOf(["processing", "ready"]);
    expect(begun).to.deep.equal([id]);
    expect(proxy.uploads - before).to.equal(partCount);
    expect(progress).to.deep.equal(progress.toSorted((one, other) => one - other));
    expect(progress.at(-1)).to.equal(photo.length);
    await expectStored(olga, id);
  });

  it("sends a file in one piece that is smaller than an app says", async () => {
    const begun: string[] = [];
    const before = proxy.uploads;
    await connect().upload(await largePhoto(mebibyte), { onBegun: (photoId) => begun.push(photoId) });
    expect(begun).to.deep.equal([]);
    expect(proxy.uploads - before).to.equal(1);
  });

  const mishaps: [string, Mishap[]][] = [
    ["connections that drop in the middle of parts", ["cut", "cut"]],
    ["an answer that is lost", ["lose-answer"]],
    ["a URL that has expired", ["expire"]],
    ["an S3 that is busy", ["busy"]],
    ["a part that stalls", ["stall"]],
  ];
  for (const [what, befalls] of mishaps) {
    it(`survives ${what}, and sends no other part again`, async () => {
      const before = proxy.uploads;
      proxy.mishaps.push(...befalls);
      const olga = connect();
      const { id } = await olga.upload(photo);
      expect(proxy.uploads - before).to.equal(partCount + befalls.length);
      await expectStored(olga, id);
    });
  }

  /** Begins an upload and stops it once so many bytes have gone. */
  async function interrupt(afterBytes: number): Promise<string> {
    const stop = new AbortController();
    let id = "";
    const options: UploadOptions = {
      signal: stop.signal,
      onBegun: (photoId) => {
        id = photoId;
      },
      onProgress: ({ phase, loaded }) =>
        phase === "uploading" && loaded > afterBytes && stop.abort("the app was closed"),
    };
    const outcome = await connect(1)
      .upload(photo, options)
      .catch((reason: unknown) => reason);
    expect(outcome).to.equal("the app was closed");
    return id;
  }

  it("goes on after a restart with nothing but the photo's id, and sends only what is missing", async () => {
    const id = await interrupt(11 * mebibyte);
    const olga = connect();
    const { parts } = await olga.get("/v1/photos/{photoId}/multipart/parts", { params: { path: { photoId: id } } });
    expect(parts.map(({ partNumber }) => partNumber)).to.deep.equal([1, 2]);
    const before = proxy.uploads;
    const progress: number[] = [];
    const resumed = await olga.upload(photo, { resume: id, onProgress: ({ loaded }) => progress.push(loaded) });
    expect(resumed.id).to.equal(id);
    expect(proxy.uploads - before).to.equal(2);
    expect(Math.min(...progress)).to.be.greaterThan(10 * mebibyte);
    await expectStored(olga, id);
    expect(await olga.upload(photo, { resume: id })).to.include({ id, status: "ready" });
    expect(proxy.uploads - before, "nothing is left to send").to.equal(2);
  });

  it("does not go on with another file, nor with what was given up", async () => {
    const id = await interrupt(6 * mebibyte);
    const olga = connect();
    const other = await olga.upload(photo.subarray(1), { resume: id }).catch((reason: unknown) => reason);
    expect(other).to.be.instanceOf(TypeError).with.property("message").that.includes(`${photo.length} bytes`);
    await olga.delete("/v1/photos/{photoId}/multipart", { params: { path: { photoId: id } } });
    const gone = await olga.upload(photo, { resume: id }).catch((reason: unknown) => reason);
    expect(gone).to.be.instanceOf(LatchkeyProblem).and.include({ status: 404 });
  });

  it("gives up when one part is refused for good, and leaves the others to be gone on with", async () => {
    let id = "";
    const fetch: typeof globalThis.fetch = (input, init) =>
      // Part 3 is sent as if it were part 1, which is not what was signed.
      globalThis.fetch(typeof input === "string" ? input.replace("partNumber=3", "partNumber=1") : input, init);
    const onBegun = (photoId: string) => {
      id = photoId;
    };
    const meddled = createLatchkey({ baseUrl: cloud.api, token, fetch, uploads: { partsFrom: 1, parallelParts: 1 } });
    const error = await meddled.upload(photo, { onBegun }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UploadRefusedError).and.include({ status: 403, code: "SignatureDoesNotMatch" });
    const olga = connect();
    await olga.upload(photo, { resume: id });
    await expectStored(olga, id);
  });

  it("refuses settings that make no sense", () => {
    for (const uploads of [{ partsFrom: 0 }, { parallelParts: 1.5 }])
      expect(() => createLatchkey({ baseUrl: cloud.api, uploads })).to.throw(RangeError, "must be a whole number");
  });
});
