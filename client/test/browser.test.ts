import { expect } from "chai";
import type { Page } from "playwright-core";
import { declaredSigningApi } from "../../local/declared.ts";
import { accessTokenOf } from "../../local/test/support/journey.ts";
import { startTestCloud, type TestCloud } from "../../local/test/support/test-cloud.ts";
import type * as client from "../index.ts";
import { describeInChromium, startWebApp, type WebApp } from "./support/browser.ts";
import { startUnreliableProxy, type UnreliableProxy } from "./support/unreliable-proxy.ts";

/** What the functions find that run in the page. */
declare const latchkey: typeof client;
declare function show(url: string): Promise<number>;

describeInChromium("The client in Chromium", () => {
  let cloud: TestCloud;
  let proxy: UnreliableProxy;
  let app: WebApp;
  let page: Page;
  let session: { readonly baseUrl: string; readonly token: string };
  before(async () => {
    cloud = await startTestCloud();
    proxy = await startUnreliableProxy(cloud.s3);
    const [origin = ""] = declaredSigningApi(cloud.recording).environment.LATCHKEY_WEB_ORIGINS?.split(",") ?? [];
    app = await startWebApp({ origin, detours: { [cloud.s3]: proxy.url } });
    session = { baseUrl: cloud.api, token: await accessTokenOf(cloud, "olga") };
  });
  after(async () => {
    await app?.close();
    await proxy?.close();
    await cloud?.stop();
  });
  beforeEach(async () => {
    page = await app.open();
  });
  afterEach(() => page?.close());

  it("uploads a File, tells how far it is, and shows the photo", async () => {
    const { photo, progress, width } = await page.evaluate(async (options) => {
      const olga = latchkey.createLatchkey(options);
      const progress: client.UploadProgress[] = [];
      const bytes = await (await fetch("/chelsea.jpg")).blob();
      const file = new File([bytes], "chelsea.jpg", { type: bytes.type });
      const { id } = await olga.upload(file, { title: "Chelsea", onProgress: (step) => progress.push(step) });
      const { photo } = await olga.whenReady(id);
      return { photo, progress, width: await show((await olga.urls.get(id, "320")).url) };
    }, session);
    expect(photo).to.include({ status: "ready", filename: "chelsea.jpg", title: "Chelsea" });
    expect(width).to.equal(320);
    for (const phase of ["hashing", "uploading"] as const) {
      expect(progress.filter((step) => step.phase === phase).at(-1)).to.include({
        loaded: photo.size,
        total: photo.size,
      });
    }
  });

  it("hashes in a worker, piece by piece, while the page goes on", async () => {
    const started = page.waitForEvent("worker");
    const outcome = await page.evaluate(async (options) => {
      const total = 64 * 1024 * 1024;
      let turns = 0;
      let steps = 0;
      const stop = new AbortController();
      const timer = setInterval(() => {
        turns += 1;
      });
      const onProgress = ({ phase }: client.UploadProgress) => {
        if (phase === "hashing") steps += 1;
        else stop.abort("hashed");
      };
      const reason = await latchkey
        .createLatchkey(options)
        .upload(new Uint8Array(total), { contentType: "image/jpeg", onProgress, signal: stop.signal })
        .catch((error: unknown) => error);
      clearInterval(timer);
      return { reason, steps, turns };
    }, session);
    expect(outcome).to.include({ reason: "hashed", steps: 64 });
    expect(outcome.turns, "turns of the page's own event loop meanwhile").to.be.greaterThan(3);
    const worker = await started;
    expect(new URL(worker.url()).pathname).to.equal("/hash-worker.js");
    // What is not in the page's script can't run there.
    expect(app.bundles.worker).to.include("@noble/hashes");
    expect(app.bundles.client).not.to.include("@noble/hashes");
  });

  it("says what to do when the worker can't be found", async () => {
    const message = await page.evaluate(
      (options) =>
        latchkey
          .createLatchkey({ ...options, hashWorkerUrl: "/nothing.js" })
          .upload(new Uint8Array(9), { contentType: "image/jpeg" })
          .catch(String),
      session,
    );
    expect(message).to.include("did not start").and.to.include("hashWorkerUrl");
  });

  it("refuses a path, which means nothing in a browser", async () => {
    const attempt = page.evaluate(
      (options) => latchkey.createLatchkey(options).upload("/etc/passwd").catch(String),
      session,
    );
    expect(await attempt).to.include("A browser uploads a File, a Blob or a Uint8Array");
  });

  for (const mishap of ["cut", "lose-answer"] as const) {
    it(`uploads again after a connection that was ${mishap === "cut" ? "cut" : "lost before the answer"}`, async () => {
      const before = proxy.uploads;
      proxy.mishaps.push(mishap);
      const photo = await page.evaluate(async (options) => {
        const olga = latchkey.createLatchkey(options);
        const { id } = await olga.upload(await (await fetch("/chelsea.jpg")).blob());
        return (await olga.whenReady(id)).photo;
      }, session);
      expect(photo.status).to.equal("ready");
      expect(proxy.uploads - before).to.be.greaterThan(1);
    });
  }

  it("stops sending when it is aborted", async () => {
    // Or all of it would have arrived before the browser tells of any.
    proxy.mishaps.push("stall");
    const outcome = await page.evaluate(async (options) => {
      const olga = latchkey.createLatchkey(options);
      const stop = new AbortController();
      const onProgress = ({ phase, loaded }: client.UploadProgress) => {
        if (phase === "uploading" && loaded > 0) stop.abort("changed my mind");
      };
      const reason: unknown = await olga
        .upload(new Uint8Array(8 * 1024 * 1024), {
          contentType: "image/jpeg",
          title: "aborted",
          onProgress,
          signal: stop.signal,
        })
        .catch((error: unknown) => error);
      for await (const { photo } of olga.paginate("/v1/photos")) {
        if (photo.title === "aborted") return { reason, status: photo.status };
      }
      return { reason };
    }, session);
    expect(outcome).to.deep.equal({ reason: "changed my mind", status: "pending" });
  });

  it("throws the API's problems, and reads when to come again", async () => {
    const problem = await page.evaluate(async (options) => {
      const params = { path: { photoId: "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11" } };
      const error: unknown = await latchkey
        .createLatchkey(options)
        .get("/v1/photos/{photoId}", { params })
        .catch((it: unknown) => it);
      return error instanceof latchkey.LatchkeyProblem && { code: error.code, status: error.status };
    }, session);
    expect(problem).to.deep.equal({ code: "PHOTO_NOT_FOUND", status: 404 });
  });

  it("asks once for the URLs of a grid, and keeps them though the device's clock is an hour fast", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.clock.setSystemTime(Date.now() + 3_600_000);
    const widths = await page.evaluate(async (options) => {
      const olga = latchkey.createLatchkey(options);
      const { id } = await olga.upload(await (await fetch("/chelsea.jpg")).blob());
      await olga.whenReady(id);
      const grid = async () =>
        Promise.all((["320", "640"] as const).map(async (size) => show((await olga.urls.get(id, size)).url)));
      return [await grid(), await grid()];
    }, session);
    expect(widths).to.deep.equal([
      [320, 451],
      [320, 451],
    ]);
    expect(asked.filter((request) => request === "POST /v1/urls")).to.have.length(1);
  });
});
