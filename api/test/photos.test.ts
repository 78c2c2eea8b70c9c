import { expect } from "chai";
import { expectSigned } from "./support/signed-url.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const renditions = ["320", "640", "1280", "2048"];

describe("Photos", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  describe("are viewed", () => {
    const view = (userId: string, id: string) => test.ask(userId, { url: `/v1/photos/${id}` });

    it("by their owner with every rendition and the original, one signature for each part", async () => {
      const photo = await test.keep({ status: "ready", width: 40, height: 30 });
      const response = await view("olga", photo.id);
      expect(response.statusCode).to.equal(200);
      const { urls, expiresAt, photo: seen } = response.json();
      expect(seen).to.include({ id: photo.id, status: "ready", width: 40, height: 30 });
      expect(urls).to.have.all.keys(...renditions, "original");
      for (const name of renditions) {
        const signed = expectSigned(urls[name]);
        expect(signed.path).to.equal(`/media/${photo.id}/${name}.webp`);
        expect(signed.resource).to.equal(`https://media.example.com/media/${photo.id}/*`);
        expect(signed.expiresAt.toISOString()).to.equal(expiresAt);
      }
      const original = expectSigned(urls.original);
      expect(original.path).to.equal(`/originals/${photo.id}`);
      expect(original.resource).to.equal(`https://media.example.com/originals/${photo.id}`);
    });

    it("by another user without the original, when they are public", async () => {
      const photo = await test.keep({ status: "ready", visibility: "public" });
      expect((await view("rita", photo.id)).json().urls).to.have.all.keys(...renditions);
    });

    it("by every viewer at the same URLs, byte for byte", async () => {
      const photo = await test.keep({ status: "ready", visibility: "public" });
      const [olgas, ritas] = [await view("olga", photo.id), await view("rita", photo.id)];
      for (const name of renditions) expect(ritas.json().urls[name]).to.equal(olgas.json().urls[name]);
    });

    for (const status of ["pending", "processing", "rejected"] as const) {
      it(`without URLs while they are ${status}`, async () => {
        const photo = await test.keep({ status, ...(status === "rejected" && { reason: "empty" }) });
        const { urls, expiresAt, photo: seen } = (await view("olga", photo.id)).json();
        expect({ urls, expiresAt, status: seen.status }).to.deep.equal({ urls: {}, expiresAt: null, status });
        expect(seen.reason).to.equal(status === "rejected" ? "empty" : undefined);
      });
    }

    it("without what the platform keeps beside them", async () => {
      const photo = await test.keep({ status: "ready", sha256: "3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A=" });
      await view("olga", photo.id);
      expect(await test.stores.photos.find(photo.id)).to.have.property("signatures");
      expect((await view("olga", photo.id)).json().photo).not.to.have.any.keys("signatures", "sha256");
    });
  });

  describe("are listed", () => {
    const list = (userId: string, query = "") => test.ask(userId, { url: `/v1/photos${query}` });

    it("newest first, with their URLs, page by page", async () => {
      const photos = [];
      for (const status of ["ready", "pending", "ready"] as const)
        photos.push(await test.keep({ ownerId: "lena", status }));
      const first = (await list("lena", "?limit=2")).json();
      const second = (await list("lena", `?limit=2&cursor=${first.nextCursor}`)).json();
      const items: { photo: { id: string }; urls: Record<string, string> }[] = [...first.items, ...second.items];
      expect(items.map(({ photo }) => photo.id)).to.deep.equal(photos.map(({ id }) => id).reverse());
      expect(items.map(({ urls }) => Object.keys(urls).length)).to.deep.equal([5, 0, 5]);
      expect(second.nextCursor).to.equal(null);
    });

    it("of another owner only as far as they are public and have left quarantine", async () => {
      await test.keep({ ownerId: "mila", status: "ready" });
      await test.keep({ ownerId: "mila", status: "pending", visibility: "public" });
      const shared = await test.keep({ ownerId: "mila", status: "ready", visibility: "public" });
      const { items } = (await list("rita", "?owner=mila")).json();
      expect(items.map(({ photo }: { photo: { id: string } }) => photo.id)).to.deep.equal([shared.id]);
      expect((await list("rita", "?owner=mila&visibility=private")).json().items).to.deep.equal([]);
    });

    it("by visibility, and by the owner's own id", async () => {
      const shared = await test.keep({ ownerId: "nora", visibility: "public" });
      await test.keep({ ownerId: "nora" });
      const { items } = (await list("nora", "?owner=nora&visibility=public")).json();
      expect(items).to.have.length(1);
      expect(items[0].photo.id).to.equal(shared.id);
    });

    it("not by a cursor of somebody else's list", async () => {
      for (let count = 0; count < 3; count += 1) await test.keep({ ownerId: "pia" });
      const { nextCursor } = (await list("pia", "?limit=1")).json();
      expect((await list("olga", `?cursor=${nextCursor}`)).json()).to.include({ status: 400, code: "INVALID_CURSOR" });
    });
  });

  describe("are changed", () => {
    const change = (id: string, payload: object) =>
      test.ask("olga", { method: "PATCH", url: `/v1/photos/${id}`, payload });

    it("in title and visibility, and keep the rest", async () => {
      const photo = await test.keep({ status: "ready", filename: "a.jpg" });
      const response = await change(photo.id, { title: "O\u0308land", visibility: "friends" });
      expect(response.statusCode).to.equal(200);
      expect(response.json().photo).to.include({ title: "\u00d6land", visibility: "friends", filename: "a.jpg" });
      expect((await change(photo.id, { title: null })).json().photo).to.include({ title: null, visibility: "friends" });
    });

    it("and a photo that is made private is gone for others at the next request", async () => {
      const photo = await test.keep({ status: "ready", visibility: "public" });
      expect((await test.ask("rita", { url: `/v1/photos/${photo.id}` })).statusCode).to.equal(200);
      await change(photo.id, { visibility: "private" });
      expect((await test.ask("rita", { url: `/v1/photos/${photo.id}` })).statusCode).to.equal(404);
    });
  });

  it("are completed by their owner, as often as they like", async () => {
    const photo = await test.keep();
    for (const attempt of [1, 2]) {
      const response = await test.ask("olga", { method: "POST", url: `/v1/photos/${photo.id}/complete` });
      expect(response.statusCode, `attempt ${attempt}`).to.equal(200);
      expect(response.json().photo).to.include({ id: photo.id, status: "processing" });
    }
    const ready = await test.keep({ status: "ready" });
    const again = await test.ask("olga", { method: "POST", url: `/v1/photos/${ready.id}/complete` });
    expect(again.json().photo).to.include({ status: "ready" });
  });

  describe("are deleted by a presigned request", () => {
    const cases: [string, "pending" | "processing" | "ready" | "rejected", string][] = [
      ["for the upload while it is pending", "pending", "/uploads/olga/"],
      ["for the original while it is processing", "processing", "/originals/"],
      ["for the original once it is ready", "ready", "/originals/"],
      ["for the original after it was rejected", "rejected", "/originals/"],
    ];
    for (const [title, status, prefix] of cases) {
      it(title, async () => {
        const photo = await test.keep({ status });
        const response = await test.ask("olga", { method: "POST", url: `/v1/photos/${photo.id}/delete-url` });
        expect(response.statusCode).to.equal(200);
        const { method, url, headers, expiresAt } = response.json();
        expect({ method, headers }).to.deep.equal({ method: "DELETE", headers: {} });
        expect(new URL(url).pathname).to.equal(`${prefix}${photo.id}`);
        expect(expiresAt).to.equal(new Date(test.now.getTime() + 900_000).toISOString());
      });
    }
  });
});
