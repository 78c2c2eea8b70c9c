import { expect } from "chai";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const sha256 = "3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A=";
const uuidv7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("Reserving uploads", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());
  beforeEach(() => {
    test.now = noon;
  });

  const reserve = (payload: object) => test.ask("olga", { method: "POST", url: "/v1/photos", payload });

  it("answers a pending photo, private unless said otherwise, and a PUT that is pinned to what was announced", async () => {
    const response = await reserve({ contentType: "image/jpeg", size: 1234, sha256, filename: "IMG_1.jpg" });
    expect(response.statusCode).to.equal(201);
    const { photo, upload } = response.json();
    expect(photo.id).to.match(uuidv7);
    expect(photo).to.deep.equal({
      id: photo.id,
      ownerId: "olga",
      albumId: null,
      title: null,
      filename: "IMG_1.jpg",
      contentType: "image/jpeg",
      size: 1234,
      width: null,
      height: null,
      takenAt: null,
      visibility: "private",
      status: "pending",
      createdAt: test.now.toISOString(),
    });
    expect(upload.method).to.equal("PUT");
    expect(upload.expiresAt).to.equal(new Date(test.now.getTime() + 900_000).toISOString());
    expect(upload.headers).to.deep.equal({
      "content-length": "1234",
      "content-type": "image/jpeg",
      "if-none-match": "*",
      "x-amz-checksum-sha256": sha256,
    });
    const { pathname, searchParams } = new URL(upload.url);
    expect(pathname).to.equal(`/uploads/olga/${photo.id}`);
    expect(searchParams.get("X-Amz-SignedHeaders")?.split(";")).to.include.members(Object.keys(upload.headers));
  });

  it("answers a form instead, when one is asked for, that is pinned alike", async () => {
    const response = await reserve({ contentType: "image/jpeg", size: 1234, sha256, upload: "post" });
    expect(response.statusCode).to.equal(201);
    const { photo, upload } = response.json();
    expect(upload).to.include({ method: "POST", expiresAt: new Date(test.now.getTime() + 900_000).toISOString() });
    expect(upload.fields).to.include({
      key: `uploads/olga/${photo.id}`,
      "Content-Type": "image/jpeg",
      "x-amz-checksum-sha256": sha256,
    });
    expect(JSON.parse(atob(upload.fields.Policy)).conditions).to.deep.include(["content-length-range", 1234, 1234]);
  });

  it("keeps what was reserved", async () => {
    const { photo } = (await reserve({ contentType: "image/png", size: 9, title: "Öl", visibility: "public" })).json();
    const kept = await test.stores.photos.find(photo.id);
    expect(kept).to.deep.include({ title: "Öl", visibility: "public", contentType: "image/png", ownerId: "olga" });
  });

  it("takes a content type in any case, and text in any composition", async () => {
    const { photo, upload } = (
      await reserve({ contentType: "Image/JPEG", size: 1, title: "O\u0308l", filename: "o\u0308.jpg" })
    ).json();
    expect(photo).to.include({ contentType: "image/jpeg", title: "\u00d6l", filename: "\u00f6.jpg" });
    expect(upload.headers["content-type"]).to.equal("image/jpeg");
  });

  it("lets the photo lapse only after an upload that began at the last moment had a day to end", async () => {
    const { photo } = (await reserve({ contentType: "image/jpeg", size: 1 })).json();
    const lapsesAt = test.now.getTime() + 900_000 + 86_400_000;
    test.now = new Date(lapsesAt - 1);
    expect(await test.stores.photos.find(photo.id)).to.include({ id: photo.id });
    test.now = new Date(lapsesAt);
    expect(await test.stores.photos.find(photo.id)).to.equal(undefined);
  });

  const refused: [string, object, number, string][] = [
    ["a type off the allow list", { contentType: "image/gif", size: 1 }, 415, "CONTENT_TYPE_NOT_ALLOWED"],
    ["a type with parameters", { contentType: "image/jpeg; q=1", size: 1 }, 415, "CONTENT_TYPE_NOT_ALLOWED"],
    ["a type that breaks the header", { contentType: "image/jpeg\r\nx: y", size: 1 }, 415, "CONTENT_TYPE_NOT_ALLOWED"],
    ["more than the limit", { contentType: "image/jpeg", size: 50_000_001 }, 413, "UPLOAD_TOO_LARGE"],
    ["an astronomical size", { contentType: "image/jpeg", size: 1e300 }, 413, "UPLOAD_TOO_LARGE"],
  ];
  for (const [title, payload, status, code] of refused) {
    it(`refuses ${title}`, async () => {
      const response = await reserve(payload);
      expect(response.statusCode).to.equal(status);
      expect(response.json()).to.include({ status, code });
    });
  }

  it("takes exactly the limit, and says put by its name", async () => {
    expect((await reserve({ contentType: "image/jpeg", size: 50_000_000, upload: "put" })).statusCode).to.equal(201);
  });

  describe("in bulk", () => {
    const bulk = (items: object[]) => test.ask("olga", { method: "POST", url: "/v1/photos/bulk", payload: { items } });

    it("answers each item in its place, and refuses one without the others", async () => {
      const response = await bulk([
        { contentType: "image/jpeg", size: 1 },
        { contentType: "image/gif", size: 2 },
        { contentType: "image/png", size: 3 },
      ]);
      expect(response.statusCode).to.equal(200);
      const [first, second, third] = response.json().items;
      expect(first.photo).to.include({ contentType: "image/jpeg", size: 1 });
      expect(second).to.have.all.keys("problem");
      expect(second.problem).to.include({ status: 415, code: "CONTENT_TYPE_NOT_ALLOWED" });
      expect(third.upload.headers).to.include({ "content-type": "image/png", "content-length": "3" });
      expect(await test.stores.photos.findMany([first.photo.id, third.photo.id]))
        .to.have.length(2)
        .and.not.include(undefined);
    });

    it("answers each item by the method that it asks for", async () => {
      const image = { contentType: "image/jpeg", size: 1 };
      const { items } = (await bulk([image, { ...image, upload: "post" }, { ...image, upload: "put" }])).json();
      expect(items.map(({ upload }: { upload: { method: string } }) => upload.method)).to.deep.equal([
        "PUT",
        "POST",
        "PUT",
      ]);
      for (const { photo, upload } of items) expect(upload.fields?.key ?? upload.url).to.include(photo.id);
    });

    it("takes a thousand at once, each with its own key", async () => {
      const title = "\u{1f3d4}".repeat(100);
      const items = Array.from({ length: 1000 }, () => ({ contentType: "image/jpeg", size: 1, title }));
      const answered: { upload: { url: string } }[] = (await bulk(items)).json().items;
      expect(new Set(answered.map(({ upload }) => new URL(upload.url).pathname))).to.have.property("size", 1000);
    });

    it("refuses more than a thousand, and none", async () => {
      const item = { contentType: "image/jpeg", size: 1 };
      for (const items of [Array.from({ length: 1001 }, () => item), []]) {
        expect((await bulk(items)).json()).to.include({ status: 400, code: "INVALID_REQUEST" });
      }
    });
  });
});
