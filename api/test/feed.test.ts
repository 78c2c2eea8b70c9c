import { expect } from "chai";
import type { Photo } from "../domain/photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("The feed", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  async function befriend(one: string, other: string): Promise<void> {
    await test.ask(one, { method: "PUT", url: `/v1/friends/${other}` });
    await test.ask(other, { method: "PUT", url: `/v1/friends/${one}` });
  }
  const share = (ownerId: string, overrides: Partial<Photo> = {}) =>
    test.keep({ ownerId, status: "ready", visibility: "friends", ...overrides });
  const read = async (userId: string, query = "") => (await test.ask(userId, { url: `/v1/feed${query}` })).json();
  const idsOf = ({ items }: { items: { photo: { id: string } }[] }) => items.map(({ photo }) => photo.id);

  it("shows what friends share with friends and with everybody, newest first, with URLs of the renditions", async () => {
    await befriend("anna", "bert");
    await befriend("anna", "cleo");
    const photos = [await share("bert"), await share("cleo", { visibility: "public" }), await share("bert")];
    const feed = await read("anna");
    expect(idsOf(feed)).to.deep.equal(photos.map(({ id }) => id).reverse());
    expect(feed.nextCursor).to.equal(null);
    for (const { urls, expiresAt } of feed.items) {
      expect(urls).to.have.all.keys("320", "640", "1280", "2048");
      expect(expiresAt).to.be.a("string");
    }
  });

  it("shows nothing else: neither one's own, nor strangers', nor what is private or not ready", async () => {
    await befriend("dora", "emil");
    await share("dora");
    await share("fred", { visibility: "public" });
    await share("emil", { visibility: "private" });
    await share("emil", { status: "processing" });
    await test.ask("gina", { method: "PUT", url: "/v1/friends/dora" });
    await share("gina", { visibility: "public" });
    expect(await read("dora")).to.deep.equal({ items: [], nextCursor: null });
  });

  it("is read page by page, with a cursor for its reader alone", async () => {
    await befriend("hans", "ines");
    await befriend("hans", "jana");
    await befriend("kurt", "ines");
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) ids.unshift((await share(count % 3 === 0 ? "ines" : "jana")).id);
    const read7: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await read("hans", `?limit=3${cursor && `&cursor=${cursor}`}`);
      read7.push(...idsOf(page));
      cursor = page.nextCursor;
    }
    expect(read7).to.deep.equal(ids);
    const { nextCursor } = await read("hans", "?limit=3");
    const refused = await test.ask("kurt", { url: `/v1/feed?cursor=${nextCursor}` });
    expect(refused.json()).to.include({ status: 400, code: "INVALID_CURSOR" });
  });

  const ends: [string, (photo: Photo) => Promise<unknown>][] = [
    ["its owner unfriends", () => test.ask("mona", { method: "DELETE", url: "/v1/friends/lars" })],
    ["its reader unfriends", () => test.ask("lars", { method: "DELETE", url: "/v1/friends/mona" })],
    ["its owner blocks", () => test.ask("mona", { method: "PUT", url: "/v1/blocks/lars" })],
    ["its reader blocks", () => test.ask("lars", { method: "PUT", url: "/v1/blocks/mona" })],
    ["it is made private", ({ id }) => change(id, { visibility: "private" })],
    ["it is put into the trash", ({ id }) => test.ask("mona", { method: "DELETE", url: `/v1/photos/${id}` })],
  ];
  const change = (id: string, payload: object) =>
    test.ask("mona", { method: "PATCH", url: `/v1/photos/${id}`, payload });

  for (const [title, end] of ends) {
    for (const visibility of ["friends", "public"] as const) {
      it(`loses a photo for ${visibility} at the next request when ${title}, however far the lists lag behind`, async () => {
        for (const userId of ["lars", "mona"]) {
          await test.ask(userId, { method: "DELETE", url: `/v1/blocks/${userId === "lars" ? "mona" : "lars"}` });
        }
        await befriend("lars", "mona");
        const photo = await share("mona", { visibility });
        const stale = { items: [{ userId: "mona", status: "accepted" as const, since: test.now }] };
        const lagging = await startTestApp({
          ...test.stores,
          friends: { ...test.stores.friends, list: async () => stale },
          feed: { listShared: async () => ({ items: [photo.id] }) },
        });
        const readLagging = async () => (await lagging.ask("lars", { url: "/v1/feed" })).json();
        expect(idsOf(await readLagging())).to.deep.equal([photo.id]);
        await end(photo);
        expect(idsOf(await readLagging())).to.deep.equal([]);
        expect(idsOf(await read("lars"))).not.to.include(photo.id);
        await lagging.close();
      });
    }
  }
});
