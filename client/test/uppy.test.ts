import { expect } from "chai";
import type { Page } from "playwright-core";
import { declaredSigningApi } from "../../local/declared.ts";
import { App, accessTokenOf } from "../../local/test/support/journey.ts";
import { largePhoto } from "../../local/test/support/large-photo.ts";
import { startTestCloud, type TestCloud } from "../../local/test/support/test-cloud.ts";
import { until } from "../../local/test/support/until.ts";
import { describeInChromium, startWebApp, type WebApp } from "./support/browser.ts";
import { startUnreliableProxy, type UnreliableProxy } from "./support/unreliable-proxy.ts";
import { bundleUppy, type PageUppy, type UppyModule, type UppyVersion } from "./support/uppy-bundle.ts";

/** What the functions find that run in the page. */
declare const uppy: UppyModule;
declare let uploading: { uppy: PageUppy; progress: number[]; total: number };

interface UploadedPhoto {
  readonly id: string;
  readonly status: string;
  readonly size: number;
  readonly filename: string | null;
}

describeInChromium("Uppy in Chromium", () => {
  let cloud: TestCloud;
  let proxy: UnreliableProxy;
  let web: WebApp;
  let olga: App;
  let page: Page;
  let large: Buffer;
  before(async () => {
    cloud = await startTestCloud();
    proxy = await startUnreliableProxy(cloud.s3);
    large = await largePhoto(60_000_000);
    const [origin = ""] = declaredSigningApi(cloud.recording).environment.LATCHKEY_WEB_ORIGINS?.split(",") ?? [];
    web = await startWebApp({
      origin,
      detours: { [cloud.s3]: proxy.url },
      files: {
        "/v5.js": ["text/javascript", await bundleUppy("v5")],
        "/v6.js": ["text/javascript", await bundleUppy("v6")],
        "/large.jpg": ["image/jpeg", large],
      },
    });
    olga = await App.signIn(cloud, "olga");
  });
  after(async () => {
    await web?.close();
    await proxy?.close();
    await cloud?.stop();
  });
  afterEach(() => page?.close());

  /** A page of the app with an Uppy that is set up as its documentation has it, for a server that asks who is calling. */
  async function openPage(version: UppyVersion, settings: { multipart: boolean; saysSize: boolean }): Promise<void> {
    page = await web.open();
    await page.addScriptTag({ url: `/${version}.js`, type: "module" });
    await page.waitForFunction("window.uppy");
    const session = { version, ...settings, api: cloud.api, token: await accessTokenOf(cloud, "olga") };
    await page.evaluate(({ version, multipart, saysSize, api, token }) => {
      const headers = { authorization: `Bearer ${token}` };
      const signRequest = async (request: object) => {
        const body = JSON.stringify(request);
        const answer = await fetch(`${api}/uppy/sign`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body,
        });
        if (!answer.ok) throw new Error(((await answer.json()) as { error: string }).error);
        return answer.json();
      };
      const generateObjectKey = ({ size, name }: { size: number; name: string }) => `${size}/${name}`;
      const options =
        version === "v5"
          ? { endpoint: `${api}/uppy`, headers }
          : { signRequest, ...(saysSize && { generateObjectKey }) };
      const made = new uppy.Uppy().use(uppy.AwsS3, { ...options, shouldUseMultipart: multipart });
      const state = { uppy: made, progress: [] as number[], total: 0 };
      made.on("upload-progress", (_, { bytesUploaded, bytesTotal }) => {
        state.progress.push(bytesUploaded);
        state.total = bytesTotal;
      });
      Object.assign(globalThis, { uploading: state });
    }, session);
  }

  /** Adds a file of the app's and uploads it; resolves to what failed. */
  const upload = (path: string, name: string, saysSize = false) =>
    page.evaluate(
      async ({ path, name, saysSize }) => {
        const data = await (await fetch(path)).blob();
        const meta = saysSize ? { size: data.size } : {};
        uploading.uppy.addFile({ name, type: data.type, data, meta });
        return (await uploading.uppy.upload()).failed.map(({ error }) => error);
      },
      { path, name, saysSize },
    );

  async function photoNamed(filename: string): Promise<UploadedPhoto | undefined> {
    const { items } = await olga.ask<{ items: { photo: UploadedPhoto }[] }>("GET", "/v1/photos?limit=200");
    return items.map(({ photo }) => photo).find((photo) => photo.filename === filename);
  }

  async function readyPhoto(filename: string): Promise<UploadedPhoto> {
    await until(async () => (await photoNamed(filename))?.status === "ready");
    return (await photoNamed(filename)) as UploadedPhoto;
  }

  const progress = () => page.evaluate(() => ({ steps: uploading.progress, total: uploading.total }));

  for (const version of ["v5", "v6"] as const) {
    describe(version, () => {
      for (const saysSize of [false, true]) {
        const how = saysSize ? "whose size it says" : "whose size it does not say";
        it(`uploads a small photo ${how}`, async () => {
          await openPage(version, { multipart: false, saysSize });
          const name = `small ${version} ${saysSize}.jpg`;
          expect(await upload("/chelsea.jpg", name, saysSize)).to.deep.equal([]);
          expect(await readyPhoto(name)).to.include({ size: 32_221 });
        });

        it(`uploads 60 MB in parts ${how}, with progress`, async () => {
          await openPage(version, { multipart: true, saysSize });
          const before = proxy.uploads;
          const name = `large ${version} ${saysSize}.jpg`;
          expect(await upload("/large.jpg", name, saysSize)).to.deep.equal([]);
          expect(proxy.uploads - before).to.equal(Math.ceil(large.length / (5 * 1024 ** 2)));
          const { steps, total } = await progress();
          expect(total).to.equal(large.length);
          expect(steps.length).to.be.greaterThan(10);
          expect(steps.at(-1)).to.equal(large.length);
          expect(await readyPhoto(name)).to.include({ size: large.length });
        });
      }

      it("goes on after a pause, and after a connection that dropped, with what is missing", async () => {
        await openPage(version, { multipart: true, saysSize: true });
        const name = `paused ${version}.jpg`;
        const before = proxy.uploads;
        proxy.mishaps.push("cut");
        const finished = upload("/large.jpg", name, true);
        await page.waitForFunction(() => Math.max(0, ...uploading.progress) > 15_000_000);
        await page.evaluate(() => uploading.uppy.pauseAll());
        const atPause = proxy.uploads;
        await page.waitForTimeout(500);
        expect(proxy.uploads, "nothing is sent during the pause").to.equal(atPause);
        await page.evaluate(() => uploading.uppy.resumeAll());
        expect(await finished).to.deep.equal([]);
        expect(await readyPhoto(name)).to.include({ size: large.length });
        const parts = Math.ceil(large.length / (5 * 1024 ** 2));
        expect(proxy.uploads - before).to.be.within(parts + 1, 2 * parts - 1);
      });

      it("is told why it may not, in words", async () => {
        await openPage(version, { multipart: false, saysSize: true });
        const [error = ""] = await page.evaluate(async () => {
          uploading.uppy.addFile({ name: "page.html", type: "text/html", data: new Blob(["<p>"]) });
          return (await uploading.uppy.upload()).failed.map(({ error }) => error);
        });
        expect(error).to.include("The content type is not one of image/jpeg");
      });

      it("gives up what it cancels, and the quota it took", async () => {
        await openPage(version, { multipart: true, saysSize: true });
        const name = `cancelled ${version}.jpg`;
        const finished = upload("/large.jpg", name, true);
        await page.waitForFunction(() => Math.max(0, ...uploading.progress) > 10_000_000);
        expect(await photoNamed(name)).to.include({ status: "pending" });
        await page.evaluate(() => uploading.uppy.cancelAll());
        await finished;
        await until(async () => (await photoNamed(name)) === undefined);
      });
    });
  }
});
