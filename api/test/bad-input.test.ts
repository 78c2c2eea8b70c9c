import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const upload = { contentType: "image/jpeg", size: 1 };
const post = (payload: object): InjectOptions => ({ method: "POST", url: "/v1/photos", payload });
const raw = (payload: string, type = "application/json"): InjectOptions => ({
  method: "POST",
  url: "/v1/photos",
  headers: { "content-type": type },
  payload,
});
const list = (query: string): InjectOptions => ({ url: `/v1/photos?${query}` });
const patch = (payload: object): InjectOptions => ({ method: "PATCH", url: `/v1/photos/${uuidv7()}`, payload });
const urls = (payload: object): InjectOptions => ({ method: "POST", url: "/v1/urls", payload });

describe("Bad input", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  const fields: [string, InjectOptions, string][] = [
    ["a property that nobody knows", post({ ...upload, albumid: 1 }), "/albumid"],
    ["no content type", post({ size: 1 }), "/contentType"],
    ["a content type that is a number", post({ ...upload, contentType: 1 }), "/contentType"],
    ["no size", post({ contentType: "image/jpeg" }), "/size"],
    ["a size of 0", post({ ...upload, size: 0 }), "/size"],
    ["a negative size", post({ ...upload, size: -1 }), "/size"],
    ["a fractional size", post({ ...upload, size: 1.5 }), "/size"],
    ["a size as text", post({ ...upload, size: "1" }), "/size"],
    ["a size of null", post({ ...upload, size: null }), "/size"],
    ["a size beyond all numbers", raw('{"contentType":"image/jpeg","size":1e999}'), "/size"],
    ["a hash in hex", post({ ...upload, sha256: "e3".repeat(32) }), "/sha256"],
    ["a hash of 31 bytes", post({ ...upload, sha256: Buffer.alloc(31).toString("base64") }), "/sha256"],
    ["a hash of 33 bytes", post({ ...upload, sha256: Buffer.alloc(33).toString("base64") }), "/sha256"],
    ["a hash whose last bits are loose", post({ ...upload, sha256: `${"A".repeat(42)}B=` }), "/sha256"],
    ["an empty filename", post({ ...upload, filename: "" }), "/filename"],
    ["an endless filename", post({ ...upload, filename: "a".repeat(256) }), "/filename"],
    ["a filename over two lines", post({ ...upload, filename: "a\r\nset-cookie: b" }), "/filename"],
    ["a filename that ends the string", post({ ...upload, filename: "a\u0000.jpg" }), "/filename"],
    ["a filename that reads backwards", post({ ...upload, filename: "gnp.\u202egpj.exe" }), "/filename"],
    ["half a character", raw('{"contentType":"image/jpeg","size":1,"title":"\\ud800"}'), "/title"],
    ["a title that is a list", post({ ...upload, title: ["a"] }), "/title"],
    ["a visibility that nobody knows", post({ ...upload, visibility: "secret" }), "/visibility"],
    ["an upload method that nobody knows", post({ ...upload, upload: "ftp" }), "/upload"],
    ["a body that is a list", post([upload]), ""],
    ["a body of null", raw("null"), ""],
    ["no items at all", urls({ items: [] }), "/items"],
    ["more items than one request may ask about", urls({ items: Array(1001).fill({ photoId: uuidv7() }) }), "/items"],
    ["items that are no list", { ...post({ items: {} }), url: "/v1/photos/bulk" }, "/items"],
    ["a change of nothing", patch({}), ""],
    ["a change of what can't be changed", patch({ ownerId: "rita" }), "/ownerId"],
    ["a change to a status", patch({ status: "ready" }), "/status"],
    ["a visibility of null", patch({ visibility: null }), "/visibility"],
    ["a limit of 0", list("limit=0"), "/limit"],
    ["a limit beyond 200", list("limit=201"), "/limit"],
    ["a limit that is no number", list("limit=ten"), "/limit"],
    ["a fractional limit", list("limit=1.5"), "/limit"],
    ["two limits", list("limit=1&limit=2"), "/limit"],
    ["a query that nobody knows", list("albumId=1"), "/albumId"],
    ["an endless cursor", list(`cursor=${"A".repeat(301)}`), "/cursor"],
    ["an endless owner", list(`owner=${"a".repeat(129)}`), "/owner"],
    ["an id that is no UUID", { url: "/v1/photos/1" }, "/photoId"],
    ["an id that climbs", { url: "/v1/photos/..%2f..%2fadmin" }, "/photoId"],
    ["an id that is no UUID to complete", { method: "POST", url: "/v1/photos/x/complete" }, "/photoId"],
    ["an id that is no UUID to delete", { method: "POST", url: "/v1/photos/x/delete-url" }, "/photoId"],
  ];
  for (const [title, request, path] of fields) {
    it(`such as ${title} is refused at ${path || "the body itself"}`, async () => {
      const response = await test.ask("olga", request);
      expect(response.statusCode).to.equal(400);
      expect(response.headers["content-type"]).to.equal("application/problem+json; charset=utf-8");
      const { code, errors } = response.json();
      expect(code).to.equal("INVALID_REQUEST");
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include({ path });
      expect(errors[0].message).to.match(/^(must|is) /);
    });
  }

  const others: [string, InjectOptions, number, string][] = [
    ["JSON that breaks off", raw('{"contentType":'), 400, "INVALID_REQUEST"],
    ["JSON that reaches for a prototype", raw('{"__proto__":{"size":1}}'), 400, "INVALID_REQUEST"],
    ["an empty body", raw(""), 400, "INVALID_REQUEST"],
    ["a form", raw("size=1", "application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["a body as plain text", raw(JSON.stringify(upload), "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["a type that is none", raw("{}", "json"), 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "XML where no body is needed",
      { ...raw("<a/>", "text/xml"), url: `/v1/photos/${uuidv7()}/complete` },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["a body beyond its limit", post({ ...upload, title: "a".repeat(20_000) }), 413, "BODY_TOO_LARGE"],
    ["a path that can't be decoded", { url: "/v1/photos/%zz" }, 400, "INVALID_REQUEST"],
    ["a parameter longer than any id", { url: `/v1/photos/${"a".repeat(200)}` }, 400, "INVALID_REQUEST"],
    ["a cursor that is damaged", list("cursor=AAAA"), 400, "INVALID_CURSOR"],
    ["a route that is not there", { url: "/v2/photos" }, 404, "ROUTE_NOT_FOUND"],
    ["a method that a route has not", { method: "PUT", url: "/v1/photos" }, 404, "ROUTE_NOT_FOUND"],
  ];
  for (const [title, request, status, code] of others) {
    it(`such as ${title} is answered by ${status} ${code}`, async () => {
      const response = await test.ask("olga", request);
      expect(response.statusCode).to.equal(status);
      expect(response.headers["content-type"]).to.equal("application/problem+json; charset=utf-8");
      expect(response.json()).to.include({ status, code, requestId: response.headers["x-request-id"] });
    });
  }

  const one = uuidv7();
  const items: [string, InjectOptions, unknown, string][] = [
    ["text", { ...post({ items: ["a", upload] }), url: "/v1/photos/bulk" }, undefined, ""],
    ["null", urls({ items: [null, { photoId: one }] }), null, ""],
    [
      "an upload of no bytes",
      { ...post({ items: [{ ...upload, size: 0 }, upload] }), url: "/v1/photos/bulk" },
      undefined,
      "/size",
    ],
    ["an id that is no UUID", urls({ items: [{ photoId: "1" }, { photoId: one }] }), "1", "/photoId"],
    ["an id that is a number", urls({ items: [{ photoId: 1 }, { photoId: one }] }), null, "/photoId"],
    [
      "a rendition that nobody makes",
      urls({ items: [{ photoId: one, rendition: "641" }, { photoId: one }] }),
      one,
      "/rendition",
    ],
    [
      "a rendition that is a number",
      urls({ items: [{ photoId: one, rendition: 640 }, { photoId: one }] }),
      one,
      "/rendition",
    ],
    ["an unknown property", urls({ items: [{ photoId: one, quality: 1 }, { photoId: one }] }), one, "/quality"],
  ];
  for (const [title, request, photoId, path] of items) {
    it(`such as ${title} in a list is that item's problem, and does not spoil the others`, async () => {
      const response = await test.ask("olga", request);
      expect(response.statusCode).to.equal(200);
      const [bad, good] = response.json().items;
      expect(bad.problem).to.include({ status: 400, code: "INVALID_REQUEST" });
      expect(bad.problem.errors[0]).to.include({ path });
      expect(bad.photoId).to.equal(photoId);
      expect(good.problem?.code).to.not.equal("INVALID_REQUEST");
    });
  }

  it("is not said back to whoever sent it, however long", async () => {
    for (const url of [`/v1/photos/${"a".repeat(9_000)}`, "/v1/photos/%zz?secret=1"]) {
      const response = await test.ask("olga", { url });
      expect(response.json()).to.include({ status: 400, detail: "The path is not as the API describes it" });
    }
  });

  it("does not include OPTIONS, which is answered with or without an origin", async () => {
    const response = await test.ask(undefined, { method: "OPTIONS", url: "/v1/photos" });
    expect(response.statusCode).to.equal(204);
  });

  it("does not include an empty body of JSON where no body is needed, which clients like to send", async () => {
    const { id } = await test.keep();
    const response = await test.ask("olga", { ...raw(""), url: `/v1/photos/${id}/complete` });
    expect(response.statusCode).to.equal(200);
  });
});
