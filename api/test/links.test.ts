import { expect } from "chai";
import type { LightMyRequestResponse } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { noon } from "./support/a-photo.ts";
import { expectSigned } from "./support/signed-url.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const ready = { status: "ready", width: 640, height: 480 } as const;
const dayMs = 86_400_000;
const later = (ms: number) => new Date(noon.getTime() + ms);

describe("Share links", () => {
  let api: TestApp;

  before(async () => {
    api = await startTestApp();
  });
  after(() => api.close());
  afterEach(() => {
    api.now = noon;
  });

  const create = (payload: object, as = "olga") => api.ask(as, { method: "POST", url: "/v1/links", payload });
  async function newLink(payload: object, as = "olga"): Promise<{ id: string; token: string }> {
    const answer = await create(payload, as);
    expect(answer.statusCode, answer.body).to.equal(201);
    const { link, token } = answer.json();
    return { id: link.id, token };
  }
  const open = (token: string, query = "") => api.ask(undefined, { method: "GET", url: `/v1/links/${token}${query}` });
  const unlock = (token: string, payload: object) =>
    api.ask(undefined, { method: "POST", url: `/v1/links/${token}`, payload });
  const withoutId = (answer: LightMyRequestResponse) => {
    const { requestId, ...body } = answer.json();
    return { status: answer.statusCode, ...body };
  };

  it("open a private photo without an account, renditions only, and count it", async () => {
    const photo = await api.keep(ready);
    const { token, id } = await newLink({ target: { photoId: photo.id } });
    const answer = await open(token);
    expect(answer.headers["cache-control"]).to.equal("private, no-store");
    expect(answer.json()).to.deep.include({
      kind: "photo",
      link: { target: { photoId: photo.id }, expiresAt: later(30 * dayMs).toISOString(), allowDownload: false },
    });
    expect(answer.json().photo.id).to.equal(photo.id);
    expect(answer.json().urls).to.have.all.keys("320", "640", "1280", "2048");
    const mine = (await api.ask("olga", { method: "GET", url: "/v1/links" })).json().items;
    expect(mine.find((link: { id: string }) => link.id === id)).to.include({ uses: 1, hasPassword: false });
    expect(JSON.stringify(mine)).not.to.include(token);
  });

  it("open the original where they allow the download", async () => {
    const photo = await api.keep(ready);
    const { token } = await newLink({ target: { photoId: photo.id }, allowDownload: true });
    expect((await open(token)).json().urls).to.include.keys("original");
  });

  for (const visibility of ["private", "public"] as const) {
    it(`sign nothing of a ${visibility} photo that outlives them`, async () => {
      const photo = await api.keep({ ...ready, visibility });
      const expiresAt = later(60_000);
      const { token } = await newLink({ target: { photoId: photo.id }, allowDownload: true, expiresAt });
      const { urls, expiresAt: ends } = (await open(token)).json();
      expect(new Date(ends)).to.deep.equal(expiresAt);
      for (const url of Object.values<string>(urls)) expect(expectSigned(url).expiresAt).to.deep.equal(expiresAt);
    });
  }

  it("open an album page by page, only what is ready, and nothing about its members", async () => {
    const albumId = await newAlbum();
    const photos = [];
    for (const ownerId of ["olga", "rita", "olga"]) photos.push(await api.keep({ ...ready, ownerId, albumId }));
    await api.keep({ status: "processing", ownerId: "rita", albumId });
    const { token } = await newLink({ target: { albumId } });
    const seen: string[] = [];
    let query = "?limit=2";
    for (;;) {
      const page = (await open(token, query)).json();
      expect(page.album).to.include({ id: albumId, title: "Lake" }).and.to.have.all.keys("id", "title", "photoCount");
      seen.push(...page.items.map(({ photo }: { photo: { id: string } }) => photo.id));
      if (page.nextCursor === null) break;
      query = `?limit=2&cursor=${page.nextCursor}`;
    }
    expect(seen).to.deep.equal(photos.map(({ id }) => id).toReversed());
    const other = await newLink({ target: { albumId: await newAlbum() } });
    const { nextCursor } = (await open(token, "?limit=2")).json();
    expect((await open(other.token, `?cursor=${nextCursor}`)).json().code).to.equal("INVALID_CURSOR");
  });

  async function newAlbum(owner = "olga"): Promise<string> {
    const answer = await api.ask(owner, { method: "POST", url: "/v1/albums", payload: { title: "Lake" } });
    return answer.json().album.id;
  }
  const setRole = (album: string, userId: string, role: string) =>
    api.ask("olga", { method: "PUT", url: `/v1/albums/${album}/members/${userId}`, payload: { role } });

  it("answer alike, to the byte, whatever the reason that they open nothing", async () => {
    const albumId = await newAlbum();
    await setRole(albumId, "rita", "manager");
    const [live, gone, trashed, unready] = [
      await api.keep(ready),
      await api.keep(ready),
      await api.keep(ready),
      await api.keep({ status: "processing" }),
    ];
    const linkTo = async (payload: object, as?: string) => (await newLink(payload, as)).token;
    const good = await linkTo({ target: { photoId: live.id } });
    const revoked = await newLink({ target: { photoId: live.id } });
    const dead: Record<string, string> = {
      malformed: "x",
      "of another spelling": `${good}=`,
      absent: Buffer.concat([Buffer.from(uuidv7().replaceAll("-", ""), "hex"), Buffer.alloc(16)]).toString("base64url"),
      forged: good.slice(0, 22) + (await linkTo({ target: { photoId: live.id } })).slice(22),
      expired: await linkTo({ target: { photoId: live.id }, expiresAt: later(1000) }),
      revoked: revoked.token,
      "to a photo that is gone": await linkTo({ target: { photoId: gone.id } }),
      "to a photo in the trash, with a password": await linkTo({ target: { photoId: trashed.id }, password: "open" }),
      "to a photo that is not ready": await linkTo({ target: { photoId: unready.id } }),
      "by somebody who no longer manages": await linkTo({ target: { albumId } }, "rita"),
      "to an album that is gone": await linkTo({ target: { albumId: await deletedLater() } }),
    };
    api.now = later(2000);
    await api.ask("olga", { method: "DELETE", url: `/v1/links/${revoked.id}` });
    await api.stores.photos.remove(gone.id);
    await api.ask("olga", { method: "DELETE", url: `/v1/photos/${trashed.id}` });
    await setRole(albumId, "rita", "contributor");
    for (const id of toDelete) await api.ask("olga", { method: "DELETE", url: `/v1/albums/${id}` });

    expect((await open(good)).statusCode).to.equal(200);
    const expected = withoutId(await open("malformed"));
    expect(expected).to.include({ status: 404, code: "LINK_NOT_FOUND" });
    for (const [why, token] of Object.entries(dead)) {
      expect(withoutId(await open(token)), why).to.deep.equal(expected);
      expect(withoutId(await unlock(token, { password: "open" })), why).to.deep.equal(expected);
    }
  });

  const toDelete: string[] = [];
  async function deletedLater(): Promise<string> {
    const id = await newAlbum();
    toDelete.push(id);
    return id;
  }

  it("ask for their password, in a body, and take it however its characters are composed", async () => {
    const photo = await api.keep(ready);
    const { token } = await newLink({ target: { photoId: photo.id }, password: "Caf\u00e9" });
    expect((await open(token)).json().code).to.equal("LINK_PASSWORD_REQUIRED");
    expect((await unlock(token, {})).json().code).to.equal("LINK_PASSWORD_REQUIRED");
    expect(withoutId(await unlock(token, { password: "cafe" }))).to.include({
      status: 401,
      code: "LINK_PASSWORD_WRONG",
    });
    expect((await unlock(token, { password: "Cafe\u0301" })).json().photo.id).to.equal(photo.id);
  });

  it("let ten passwords be tried, at the same time or not, and then say how long to wait", async () => {
    const photo = await api.keep(ready);
    const { token } = await newLink({ target: { photoId: photo.id }, password: "right" });
    const answers = await Promise.all(Array.from({ length: 14 }, () => unlock(token, { password: "wrong" })));
    const codes = answers.map((answer) => answer.json().code);
    expect(codes.filter((code) => code === "LINK_PASSWORD_WRONG")).to.have.length(10);
    const refused = await unlock(token, { password: "right" });
    expect(refused.statusCode).to.equal(429);
    expect(refused.headers["retry-after"]).to.equal("90");
    api.now = later(90_000);
    expect((await unlock(token, { password: "right" })).statusCode).to.equal(200);
  });

  for (const [what, expiresAt] of [
    ["in the past", later(-1)],
    ["now", noon],
    ["more than a year off", later(366 * dayMs)],
  ] as const) {
    it(`can't be made to expire ${what}`, async () => {
      const photo = await api.keep(ready);
      expect((await create({ target: { photoId: photo.id }, expiresAt })).json().code).to.equal("LINK_EXPIRY");
    });
  }

  const malformed: [string, object][] = [
    ["no target", { target: {} }],
    ["two targets", { target: { photoId: uuidv7(), albumId: uuidv7() } }],
    ["an empty password", { target: { photoId: uuidv7() }, password: "" }],
    ["a password of 129 characters", { target: { photoId: uuidv7() }, password: "x".repeat(129) }],
    ["an expiry that is no time", { target: { photoId: uuidv7() }, expiresAt: "tomorrow" }],
  ];
  for (const [what, payload] of malformed) {
    it(`can't be made with ${what}`, async () => {
      expect((await create(payload)).json().code).to.equal("INVALID_REQUEST");
    });
  }

  it("are made only by whoever may share the target, and revoked only by whoever made them", async () => {
    const albumId = await newAlbum();
    await setRole(albumId, "carl", "contributor");
    const photo = await api.keep({ ...ready, visibility: "public" });
    expect((await create({ target: { albumId } }, "carl")).json().code).to.equal("ALBUM_NOT_FOUND");
    expect((await create({ target: { albumId } }, "sven")).json().code).to.equal("ALBUM_NOT_FOUND");
    expect((await create({ target: { photoId: photo.id } }, "sven")).json().code).to.equal("PHOTO_NOT_FOUND");
    const { id, token } = await newLink({ target: { photoId: photo.id } });
    const revoke = (as: string) => api.ask(as, { method: "DELETE", url: `/v1/links/${id}` });
    expect((await revoke("sven")).json().code).to.equal("LINK_NOT_FOUND");
    expect((await open(token)).statusCode).to.equal(200);
    expect((await revoke("olga")).statusCode).to.equal(204);
    expect((await open(token)).statusCode).to.equal(404);
  });

  it("leave neither token nor password in the log", async () => {
    const photo = await api.keep(ready);
    const password = "do not log me";
    const { token } = await newLink({ target: { photoId: photo.id }, password });
    await open(token);
    await unlock(token, { password: `${password} either` });
    await unlock(token, { password });
    for (const secret of [token, token.slice(22), password]) expect(api.logged.join("")).not.to.include(secret);
  });
});
