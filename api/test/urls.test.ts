import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { expectSigned } from "./support/signed-url.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("Signed URLs of many photos", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  const ask = (userId: string, items: object[]) =>
    test.ask(userId, { method: "POST", url: "/v1/urls", payload: { items } });

  it("come in the order asked for, each with its expiry", async () => {
    const photos = [await test.keep({ status: "ready" }), await test.keep({ status: "ready" })];
    const [one, two] = photos.map(({ id }) => id);
    const response = await ask("olga", [
      { photoId: two, rendition: "320" },
      { photoId: one, rendition: "original" },
      { photoId: two },
    ]);
    expect(response.statusCode).to.equal(200);
    const items: { photoId: string; url: string; expiresAt: string }[] = response.json().items;
    expect(items.map(({ photoId }) => photoId)).to.deep.equal([two, one, two]);
    const signed = items.map(({ url, expiresAt }) => ({ ...expectSigned(url), answered: expiresAt }));
    expect(signed.map(({ path }) => path)).to.deep.equal([
      `/media/${two}/320.webp`,
      `/originals/${one}`,
      `/media/${two}/2048.webp`,
    ]);
    for (const { expiresAt, answered } of signed) expect(expiresAt.toISOString()).to.equal(answered);
  });

  it("are the very URLs that viewing a photo answers", async () => {
    const { id } = await test.keep({ status: "ready" });
    const viewed = (await test.ask("olga", { url: `/v1/photos/${id}` })).json();
    const [item] = (await ask("olga", [{ photoId: id, rendition: "640" }])).json().items;
    expect(item.url).to.equal(viewed.urls["640"]);
  });

  it("name the format that is asked for, and WebP where a photo does not come in it", async () => {
    const plain = await test.keep({ status: "ready" });
    const { id } = await test.keep({ status: "ready", formats: ["avif"] });
    const { items } = (
      await ask("olga", [
        { photoId: id, rendition: "640", format: "avif" },
        { photoId: id, rendition: "640", format: "jpg" },
        { photoId: id, rendition: "original", format: "avif" },
        { photoId: plain.id, rendition: "640", format: "avif" },
      ])
    ).json();
    const paths = items.map(({ url }: { url: string }) => expectSigned(url).path);
    expect(paths).to.deep.equal([
      `/media/${id}/640.avif`,
      `/media/${id}/640.webp`,
      `/originals/${id}`,
      `/media/${plain.id}/640.webp`,
    ]);
    const { photo } = (await test.ask("olga", { url: `/v1/photos/${id}` })).json();
    expect(photo.formats).to.deep.equal(["avif"]);
  });

  it("of a video are one to play it, and the original's", async () => {
    const { id } = await test.keep({ status: "ready", contentType: "video/quicktime", visibility: "public" });
    const { items } = (
      await ask("olga", [{ photoId: id }, { photoId: id, rendition: "video" }, { photoId: id, rendition: "2048" }])
    ).json();
    expect(items.slice(0, 2).map(({ url }: { url: string }) => expectSigned(url).path)).to.deep.equal([
      `/media/${id}/video.mov`,
      `/media/${id}/video.mov`,
    ]);
    expect(items[2].problem).to.include({ status: 404, code: "PHOTO_NOT_FOUND" });

    const urlsFor = async (userId: string) => (await test.ask(userId, { url: `/v1/photos/${id}` })).json().urls;
    expect(await urlsFor("olga")).to.have.all.keys("video", "original");
    expect(await urlsFor("rita")).to.have.all.keys("video");
  });

  it("of a picture are none to play", async () => {
    const { id } = await test.keep({ status: "ready" });
    const [item] = (await ask("olga", [{ photoId: id, rendition: "video" }])).json().items;
    expect(item.problem).to.include({ status: 404, code: "PHOTO_NOT_FOUND" });
  });

  it("are refused one by one, and alike whether a photo is absent or not for the viewer", async () => {
    const shared = await test.keep({ status: "ready", visibility: "public" });
    const hidden = await test.keep({ status: "ready" });
    const absent = uuidv7();
    const { items } = (
      await ask("rita", [
        { photoId: shared.id },
        { photoId: hidden.id },
        { photoId: absent },
        { photoId: shared.id, rendition: "original" },
      ])
    ).json();
    expect(items[0]).to.have.all.keys("photoId", "url", "expiresAt");
    const problems = items.slice(1).map(({ problem }: { problem: object }) => problem);
    expect(problems[0]).to.include({ status: 404, code: "PHOTO_NOT_FOUND" });
    expect(problems[1]).to.deep.equal(problems[0]);
    expect(problems[2]).to.deep.equal(problems[0]);
  });

  it("tell an owner that a photo is not ready", async () => {
    const { id } = await test.keep({ status: "processing" });
    const [item] = (await ask("olga", [{ photoId: id }])).json().items;
    expect(item.problem).to.include({ status: 409, code: "PHOTO_NOT_READY" });
  });

  it("come for a thousand at once", async () => {
    const { id } = await test.keep({ status: "ready" });
    const { items } = (
      await ask(
        "olga",
        Array.from({ length: 1000 }, () => ({ photoId: id, rendition: "original" })),
      )
    ).json();
    expect(items).to.have.length(1000);
    expect(new Set(items.map(({ url }: { url: string }) => url))).to.have.property("size", 1);
  });

  it("don't come for more, or for none", async () => {
    const photoId = uuidv7();
    for (const items of [Array.from({ length: 1001 }, () => ({ photoId })), []]) {
      expect((await ask("olga", items)).json()).to.include({ status: 400, code: "INVALID_REQUEST" });
    }
  });
});

describe("A permalink", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  it("leads anyone to a public photo, and is not cached", async () => {
    const { id } = await test.keep({ status: "ready", visibility: "public" });
    for (const method of ["GET", "HEAD"] as const) {
      const response = await test.ask(undefined, { method, url: `/p/${id}/640` });
      expect(response.statusCode).to.equal(302);
      expect(expectSigned(String(response.headers.location)).path).to.equal(`/media/${id}/640.webp`);
      expect(response.headers["cache-control"]).to.equal("private, no-store");
    }
  });

  it("leads to the URL that everybody has", async () => {
    const { id } = await test.keep({ status: "ready", visibility: "public" });
    const viewed = (await test.ask("olga", { url: `/v1/photos/${id}` })).json();
    const response = await test.ask(undefined, { url: `/p/${id}/1280` });
    expect(response.headers.location).to.equal(viewed.urls["1280"]);
  });

  it("leads to a public video", async () => {
    const { id } = await test.keep({ status: "ready", visibility: "public", contentType: "video/mp4" });
    const response = await test.ask(undefined, { url: `/p/${id}/video` });
    expect(expectSigned(String(response.headers.location)).path).to.equal(`/media/${id}/video.mp4`);
    expect((await test.ask(undefined, { url: `/p/${id}/640` })).statusCode).to.equal(404);
  });

  it("leads to the format that is asked for", async () => {
    const { id } = await test.keep({ status: "ready", visibility: "public", formats: ["avif"] });
    const response = await test.ask(undefined, { url: `/p/${id}/640?format=avif` });
    expect(expectSigned(String(response.headers.location)).path).to.equal(`/media/${id}/640.avif`);
  });

  const cases: [string, () => Promise<string>][] = [
    [
      "in a format that there is not",
      async () => `/p/${(await test.keep({ status: "ready", visibility: "public" })).id}/640?format=gif`,
    ],
    ["of a private photo", async () => `/p/${(await test.keep({ status: "ready" })).id}/640`],
    ["for friends", async () => `/p/${(await test.keep({ status: "ready", visibility: "friends" })).id}/640`],
    [
      "of a photo on its way",
      async () => `/p/${(await test.keep({ status: "processing", visibility: "public" })).id}/640`,
    ],
    ["of a pending photo", async () => `/p/${(await test.keep({ visibility: "public" })).id}/640`],
    ["of no photo", async () => `/p/${uuidv7()}/640`],
    ["of an original", async () => `/p/${(await test.keep({ status: "ready", visibility: "public" })).id}/original`],
    ["of no rendition", async () => `/p/${(await test.keep({ status: "ready", visibility: "public" })).id}/641`],
    ["of no id", async () => "/p/photo/640"],
  ];
  for (const [title, url] of cases) {
    it(`${title} leads nowhere, whoever asks`, async () => {
      const nobody = await test.ask(undefined, { url: await url() });
      const owner = await test.ask("olga", { url: await url() });
      for (const response of [nobody, owner]) {
        expect(response.statusCode).to.equal(404);
        expect(response.json()).to.include({ code: "PHOTO_NOT_FOUND" });
      }
    });
  }
});
