import { expect } from "chai";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("Every answer", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  it("carries safe headers, whether it succeeds, is refused or is not found", async () => {
    const { id } = await test.keep({ status: "ready" });
    const answers = [
      await test.ask("olga", { url: `/v1/photos/${id}` }),
      await test.ask(undefined, { url: `/v1/photos/${id}` }),
      await test.ask("olga", { url: "/nowhere" }),
      await test.ask("olga", { method: "POST", url: "/v1/urls", payload: { items: [{ photoId: id }] } }),
      await test.ask("olga", { method: "POST", url: "/v1/photos", payload: { contentType: "image/jpeg", size: 1 } }),
    ];
    for (const { headers } of answers) {
      expect(headers).to.include({
        "cache-control": "private, no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=63072000; includeSubDomains",
        "x-content-type-options": "nosniff",
      });
    }
  });

  it("says the id of its request: the client's own if that is harmless, and one of ours if not", async () => {
    const idFor = async (given: string) =>
      (await test.ask(undefined, { url: "/healthz", headers: { "x-request-id": given } })).headers["x-request-id"];
    expect(await idFor("trace-0042")).to.equal("trace-0042");
    for (const harmful of ["short", "a".repeat(65), "with space", 'quote"quote', "émigré-id"]) {
      expect(await idFor(harmful)).to.match(/^[0-9a-f-]{36}$/);
    }
  });

  it("leaves one line in the log, without its URL, its token or what it signed", async () => {
    const { id } = await test.keep({ status: "ready", visibility: "public" });
    const token = await test.token("olga");
    const linesBefore = test.logged.length;
    await test.ask("olga", { url: `/v1/photos/${id}?secret=in-the-query` });
    await test.ask(undefined, { url: `/p/${id}/640`, headers: { authorization: `Bearer ${token}` } });
    const lines = test.logged.slice(linesBefore);
    expect(lines.map((line) => JSON.parse(line).route)).to.deep.equal([
      "/v1/photos/:photoId",
      "/p/:photoId/:rendition",
    ]);
    for (const line of lines) expect(line).not.to.match(/in-the-query|Signature|Policy|eyJ/);
  });
});

describe("Web apps", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  const preflight = (origin: string) =>
    test.server.inject({
      method: "OPTIONS",
      url: "/v1/photos",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });

  it("of the stack may call, without a token for the question whether they may", async () => {
    const response = await preflight("https://photos.example.com");
    expect(response.statusCode).to.equal(204);
    expect(response.headers).to.include({
      "access-control-allow-origin": "https://photos.example.com",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": "authorization, content-type, idempotency-key, x-request-id",
    });
  });

  it("can read an answer, an error's too", async () => {
    const response = await test.ask(undefined, {
      url: "/v1/photos",
      headers: { origin: "https://photos.example.com" },
    });
    expect(response.statusCode).to.equal(401);
    expect(response.headers).to.include({
      "access-control-allow-origin": "https://photos.example.com",
      "access-control-expose-headers": "date, idempotency-replayed, retry-after, x-request-id",
      vary: "Origin",
    });
  });

  it("from elsewhere may not", async () => {
    for (const origin of ["https://evil.example", "https://photos.example.com.evil.example", "null"]) {
      expect((await preflight(origin)).headers).not.to.include.keys("access-control-allow-origin");
    }
  });
});
