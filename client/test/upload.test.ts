import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { accessTokenOf } from "../../local/test/support/journey.ts";
import { rejection } from "../../local/test/support/rejection.ts";
import { startTestCloud, type TestCloud } from "../../local/test/support/test-cloud.ts";
import { samplePhoto } from "../../local/walkthrough.ts";
import {
  createLatchkey,
  type Latchkey,
  type LatchkeyOptions,
  LatchkeyProblem,
  PhotoRejectedError,
  type UploadProgress,
  UploadRefusedError,
  type UploadSource,
} from "../index.ts";
import { type Mishap, startUnreliableProxy, type UnreliableProxy } from "./support/unreliable-proxy.ts";

const size = 3 * 1024 * 1024;
/** Begins as a JPEG, so that its type is told, and is none: for whatever need not become a photo. */
const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(size - 3)]);

describe("The client's upload in Node", () => {
  let cloud: TestCloud;
  let proxy: UnreliableProxy;
  let token: string;
  let olga: Latchkey;
  before(async () => {
    cloud = await startTestCloud();
    proxy = await startUnreliableProxy(cloud.s3);
    token = await accessTokenOf(cloud, "olga");
    olga = connect();
  });
  after(async () => {
    await proxy.close();
    await cloud.stop();
  });

  /** What is meant for S3 goes through the proxy. */
  function connect(options: Partial<LatchkeyOptions> = {}): Latchkey {
    const fetch: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(typeof input === "string" ? input.replace(cloud.s3, proxy.url) : input, init);
    return createLatchkey({ baseUrl: cloud.api, token, fetch, ...options });
  }

  async function stored(photoId: string): Promise<Buffer> {
    const { urls } = await olga.whenReady(photoId);
    return Buffer.from(await (await fetch(urls.original ?? "")).arrayBuffer());
  }

  const sources: [string, () => Promise<UploadSource>, string | null][] = [
    ["the path of a file", async () => samplePhoto, "chelsea.jpg"],
    ["a Uint8Array", async () => new Uint8Array(await readFile(samplePhoto)), null],
    ["a Blob", async () => new Blob([await readFile(samplePhoto)]), null],
    ["a File", async () => new File([await readFile(samplePhoto)], "cat.jpg", { type: "image/jpeg" }), "cat.jpg"],
    ["a stream", async () => createReadStream(samplePhoto), null],
  ];
  for (const [what, source, filename] of sources) {
    it(`takes ${what} and makes a photo of it that shows itself`, async () => {
      const photo = await olga.upload(await source(), { title: `Chelsea as ${what}`, visibility: "friends" });
      expect(photo).to.include({
        title: `Chelsea as ${what}`,
        visibility: "friends",
        contentType: "image/jpeg",
        filename,
      });
      expect(await stored(photo.id)).to.deep.equal(await readFile(samplePhoto));
      const { url } = await olga.urls.get(photo.id, "640");
      expect((await fetch(url)).headers.get("content-type")).to.equal("image/webp");
    });
  }

  it("says how far it is, with the hash first and the bytes afterwards", async () => {
    const progress: UploadProgress[] = [];
    await olga.upload(bytes, { onProgress: (step) => progress.push(step) });
    const phases = progress.map(({ phase }) => phase);
    expect(phases).to.deep.equal(phases.toSorted());
    for (const phase of ["hashing", "uploading"]) {
      const steps = progress.filter((step) => step.phase === phase);
      expect(steps.length, "more than once").to.be.greaterThan(3);
      expect(steps.map(({ loaded }) => loaded)).to.deep.equal(
        steps.map(({ loaded }) => loaded).toSorted((a, b) => a - b),
      );
      expect(steps.at(-1)).to.include({ loaded: size, total: size });
    }
  });

  const mishaps: [string, Mishap[], number][] = [
    ["a connection that drops in the middle", ["cut"], 2],
    ["several that drop", ["cut", "cut"], 3],
    ["an answer that is lost, though S3 has the bytes", ["lose-answer"], 2],
    ["an S3 that is busy", ["busy"], 2],
  ];
  for (const [what, befalls, uploads] of mishaps) {
    it(`survives ${what}, without a second photo`, async () => {
      const before = proxy.uploads;
      proxy.mishaps.push(...befalls);
      const title = `after ${what}`;
      const { id } = await olga.upload(samplePhoto, { title });
      expect(proxy.uploads - before).to.equal(uploads);
      expect((await olga.whenReady(id)).photo.status).to.equal("ready");
      expect(await idsOf(title)).to.deep.equal([id]);
    });
  }

  async function idsOf(title: string): Promise<string[]> {
    const ids = [];
    for await (const { photo } of olga.paginate("/v1/photos", { params: { query: { limit: 5 } } }))
      if (photo.title === title) ids.push(photo.id);
    return ids;
  }

  it("reserves anew when a URL has expired", async () => {
    proxy.mishaps.push("expire");
    const { id } = await olga.upload(samplePhoto, { title: "expired" });
    expect((await olga.whenReady(id)).photo.status).to.equal("ready");
    const ids = await idsOf("expired");
    expect(ids, "the first reservation lapses").to.have.length(2).and.include(id);
  });

  it("does not reserve anew when what has expired had arrived", async () => {
    proxy.mishaps.push("lose-answer", "expire");
    const { id } = await olga.upload(samplePhoto, { title: "late" });
    expect(await idsOf("late")).to.deep.equal([id]);
  });

  it("takes a connection over which nothing moves for dropped", async () => {
    proxy.mishaps.push("stall");
    const before = proxy.uploads;
    const { id } = await connect({ uploads: { stallSeconds: 1 } }).upload(samplePhoto);
    expect(proxy.uploads - before).to.be.at.least(2);
    expect((await olga.whenReady(id)).photo.status).to.equal("ready");
  });

  it("runs no more at a time than it may, and lets one that waits give up", async () => {
    const client = connect({ uploads: { concurrency: 1 } });
    const order: string[] = [];
    const giveUp = new AbortController();
    const upload = (name: string, signal?: AbortSignal) =>
      client.upload(samplePhoto, { onProgress: () => order.push(name), ...(signal && { signal }) });
    const uploads = [upload("a"), upload("b", giveUp.signal), upload("c"), upload("d")];
    giveUp.abort("not that one");
    const outcomes = await Promise.allSettled(uploads);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(outcomes[1]).to.have.property("reason", "not that one");
    expect(order.filter((name, index) => name !== order[index - 1])).to.deep.equal(["a", "c", "d"]);
    expect(() => connect({ uploads: { concurrency: 0 } })).to.throw("uploads.concurrency is 0");
  });

  it("gives up when the connection stays down", async () => {
    proxy.mishaps.push("cut", "cut");
    const error = await connect({ retry: { attempts: 2 } })
      .upload(bytes)
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
  });

  it("stops at once when it is aborted, in either phase and while it waits", async () => {
    for (const phase of ["hashing", "uploading"]) {
      const abort = new AbortController();
      const reason = new Error(`changed my mind while ${phase}`);
      const onProgress = (step: UploadProgress) => {
        if (step.phase === phase && step.loaded > size / 3) abort.abort(reason);
      };
      const uploading = olga.upload(bytes, { signal: abort.signal, onProgress, title: reason.message });
      expect(await uploading.catch((error: unknown) => error)).to.equal(reason);
    }
    expect(await idsOf("changed my mind while hashing")).to.have.length(0);
    const [id = ""] = await idsOf("changed my mind while uploading");
    const { photo } = await olga.get("/v1/photos/{photoId}", { params: { path: { photoId: id } } });
    expect(photo.status).to.equal("pending");
    const impatient = olga.whenReady(id, { timeoutSeconds: 0.1 }).catch((error: unknown) => error);
    expect(await impatient).to.have.property("name", "TimeoutError");
  });

  it("tells what S3 refuses, and does not ask again", async () => {
    const before = proxy.uploads;
    proxy.mishaps.push("garble");
    const error: unknown = await olga.upload(samplePhoto).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UploadRefusedError).and.include({ status: 400, code: "BadDigest" });
    expect(proxy.uploads - before).to.equal(1);
  });

  it("tells why a photo was rejected", async () => {
    const { id } = await olga.upload(bytes);
    const error: unknown = await olga.whenReady(id).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(PhotoRejectedError);
    expect((error as PhotoRejectedError).photo)
      .to.include({ id, status: "rejected" })
      .and.have.property("reason");
  });

  it("passes on the API's refusal, and sends nothing then", async () => {
    const before = proxy.uploads;
    const error = await olga.upload(bytes, { contentType: "text/html" }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(LatchkeyProblem).and.include({ code: "CONTENT_TYPE_NOT_ALLOWED", status: 415 });
    expect(proxy.uploads).to.equal(before);
  });

  it("asks for the type when neither the app nor the bytes tell it", async () => {
    const error = await olga.upload(Buffer.from("just text")).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError).and.have.property("message").that.includes("contentType");
  });

  it("leaves no temporary file of a stream behind, whether it succeeds or not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchkey-client-test-"));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = folder;
    try {
      await olga.upload(createReadStream(samplePhoto));
      await writeFile(join(folder, "text"), "text");
      await olga.upload(createReadStream(join(folder, "text"))).catch(() => {});
      await olga.upload(createReadStream(join(folder, "nothing"))).catch(() => {});
      expect(await readdir(folder)).to.deep.equal(["text"]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      await rm(folder, { recursive: true });
    }
  });

  it("tells of a stream that fails before its turn has come, and lets the process live", async () => {
    const one = connect({ uploads: { concurrency: 1 } });
    const first = one.upload(samplePhoto);
    const failing = createReadStream(join(tmpdir(), "latchkey-client-test-nothing"));
    const failed = rejection(one.upload(failing), Error);
    await new Promise<void>((resolve) => failing.once("close", () => resolve()));
    await first;
    expect(await failed).to.include({ code: "ENOENT" });
  });
});
