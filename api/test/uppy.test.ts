import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { exampleEnvironment } from "../example-environment.ts";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const partSize = 5 * 1024 ** 2;
const Bucket = exampleEnvironment.LATCHKEY_BUCKET;
const maxBytes = Number(exampleEnvironment.LATCHKEY_MAX_UPLOAD_BYTES);

interface Named {
  readonly key: string;
  readonly uploadId: string;
}

describe("Uppy's doors", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());
  beforeEach(() => {
    test.now = noon;
  });

  const get = (path: string, query: Record<string, string> = {}, userId = "olga") =>
    test.ask(userId, { url: `/uppy${path}?${new URLSearchParams(query)}` });
  const send = (method: "POST" | "DELETE", path: string, payload?: object, userId = "olga") => {
    const request: InjectOptions = { method, url: `/uppy${path}`, ...(payload && { payload }) };
    return test.ask(userId, request);
  };
  const photoOf = async (key: string) => test.stores.photos.find(key.split("/").at(-1) ?? "");
  const client = () => test.s3.client(undefined, { requestChecksumCalculation: "WHEN_REQUIRED" });

  /** Sends a part past the API, as long as it is told to be. */
  async function deliver({ key, uploadId }: Named, PartNumber: number, bytes: number) {
    const target = { Bucket, Key: key, UploadId: uploadId, PartNumber };
    const { ETag = "" } = await client().send(new UploadPartCommand({ ...target, Body: Buffer.alloc(bytes) }));
    return { PartNumber, ETag };
  }

  describe("of version 5", () => {
    const begin = async (metadata: object): Promise<Named & { bucket: string }> =>
      (await send("POST", "/s3/multipart", { filename: "a.jpg", type: "image/jpeg", metadata })).json();
    const path = ({ key, uploadId }: Named, rest = "") =>
      `/s3/multipart/${encodeURIComponent(uploadId)}${rest}?key=${encodeURIComponent(key)}`;

    for (const length of [513, 3000]) {
      it(`refuse an upload's id of ${length} characters in their own words`, async () => {
        const answer = await get(`/s3/multipart/${"0".repeat(length)}`, { key: "uploads/olga/1" });
        expect(answer.statusCode).to.equal(400);
        expect(answer.headers["content-type"]).to.match(/^application\/json/);
        expect(answer.json().error).to.be.a("string").and.not.equal("");
      });
    }

    it("answer a PUT for exactly the size that is said, without the header that browsers set themselves", async () => {
      const query = { filename: "Öl.jpg", type: "image/jpeg", "metadata[size]": "1234", "metadata[title]": "Lake" };
      const response = await get("/s3/params", { ...query, "metadata[relativePath]": "null" });
      expect(response.statusCode, response.body).to.equal(200);
      const { method, url, headers, ...rest } = response.json();
      expect({ method, headers, rest }).to.deep.equal({
        method: "PUT",
        headers: { "content-type": "image/jpeg", "if-none-match": "*" },
        rest: {},
      });
      expect(new URL(url).searchParams.get("X-Amz-SignedHeaders")).to.equal(
        "content-length;content-type;host;if-none-match",
      );
      const kept = await photoOf(new URL(url).pathname);
      expect(kept).to.include({ size: 1234, title: "Lake", filename: "Öl.jpg", visibility: "private" });
      expect(kept).not.to.have.property("unsized");
    });

    it("answer a form of any length up to the most where no size is said, and reserve that", async () => {
      const response = await get("/s3/params", { filename: "a.jpg", type: "image/jpeg" });
      const { method, fields, expires } = response.json();
      expect({ method, expires }).to.deep.equal({ method: "POST", expires: 900 });
      expect(JSON.parse(atob(fields.Policy)).conditions).to.deep.include(["content-length-range", 1, maxBytes]);
      expect(await photoOf(fields.key)).to.include({ size: maxBytes, unsized: true, status: "pending" });
    });

    it("begin, list, sign, complete and end an upload in parts", async () => {
      const named = await begin({ size: String(partSize + 7), name: "a.jpg" });
      expect(named).to.include({ bucket: Bucket });
      expect(named.key).to.match(/^uploads\/olga\/[0-9a-f-]{36}$/);
      expect((await get(`/s3/multipart/${named.uploadId}`, { key: named.key })).json()).to.deep.equal([]);
      const signed = (await get(`/s3/multipart/${named.uploadId}/2`, { key: named.key })).json();
      expect(signed.expires).to.equal(900);
      expect(new URL(signed.url).searchParams.get("X-Amz-SignedHeaders")).to.equal("content-length;host");
      const batch = await get(`/s3/multipart/${named.uploadId}/batch`, { key: named.key, partNumbers: "1,2" });
      expect(batch.json().presignedUrls).to.have.all.keys("1", "2").and.to.include({ 2: signed.url });
      const parts = [await deliver(named, 1, partSize), await deliver(named, 2, 7)];
      expect((await get(`/s3/multipart/${named.uploadId}`, { key: named.key })).json()).to.deep.equal([
        { ...parts[0], Size: partSize },
        { ...parts[1], Size: 7 },
      ]);
      const completed = await send("POST", path(named, "/complete"), { parts });
      expect(completed.json()).to.deep.equal({
        location: `https://latchkey-media.s3.eu-central-1.amazonaws.com/${named.key}`,
        key: named.key,
        bucket: Bucket,
      });
      expect(await photoOf(named.key)).to.include({ status: "processing", filename: "a.jpg" });
    });

    it("give an upload in parts up", async () => {
      const named = await begin({ size: 7 });
      const response = await send("DELETE", path(named));
      expect([response.statusCode, response.json()]).to.deep.equal([200, {}]);
      expect(await photoOf(named.key)).to.equal(undefined);
    });

    it("look at the length of an upload whose size was not said when it is completed", async () => {
      const named = await begin({});
      expect(await photoOf(named.key)).to.include({ size: maxBytes, unsized: true });
      const signed = (await get(`/s3/multipart/${named.uploadId}/1`, { key: named.key })).json();
      expect(new URL(signed.url).searchParams.get("X-Amz-SignedHeaders")).to.equal("host");
      const parts = [await deliver(named, 1, maxBytes), await deliver(named, 2, 1)];
      const refused = await send("POST", path(named, "/complete"), { parts });
      expect([refused.statusCode, refused.json().error]).to.deep.equal([
        422,
        `The parts have ${maxBytes + 1} bytes, and the reservation is for ${maxBytes} at most`,
      ]);
      const shorter = [await deliver(named, 1, partSize), parts[1]];
      expect((await send("POST", path(named, "/complete"), { parts: shorter })).statusCode).to.equal(200);
    });

    it("are no way past the plan, to another's upload, or by another id", async () => {
      const named = await begin({ size: partSize + 7 });
      const other = await begin({ size: 7 });
      const part = { PartNumber: 1, ETag: "0".repeat(32) };
      const asked: [string, Promise<{ statusCode: number; body: string }>, number][] = [
        ["part 3 of 2", get(`/s3/multipart/${named.uploadId}/3`, { key: named.key }), 422],
        ["part 0", get(`/s3/multipart/${named.uploadId}/0`, { key: named.key }), 400],
        ["no number", get(`/s3/multipart/${named.uploadId}/x`, { key: named.key }), 400],
        ["a key without an id of ours", get(`/s3/multipart/${named.uploadId}`, { key: "uploads/olga/x" }), 404],
        ["another prefix", get(`/s3/multipart/${named.uploadId}`, { key: named.key.replace("uploads", "media") }), 404],
        ["another of her uploads", get(`/s3/multipart/${other.uploadId}/1`, { key: named.key }), 404],
        ["rita", get(`/s3/multipart/${named.uploadId}/1`, { key: named.key }, "rita"), 404],
        ["rita's list", get(`/s3/multipart/${named.uploadId}`, { key: named.key }, "rita"), 404],
        ["rita's end", send("POST", path(named, "/complete"), { parts: [part] }, "rita"), 404],
        ["rita's abort", send("DELETE", path(named), undefined, "rita"), 404],
      ];
      const bodies = new Set<string>();
      for (const [what, answer, status] of asked) {
        const { statusCode, body } = await answer;
        expect(statusCode, `${what}: ${body}`).to.equal(status);
        expect(JSON.parse(body), what).to.have.property("error").that.is.a("string");
        if (status === 404) bodies.add(body);
      }
      expect(bodies, "all that is absent is absent alike").to.have.property("size", 1);
      expect(await photoOf(named.key)).to.include({ status: "pending" });
    });
  });

  describe("of version 6", () => {
    const sign = (request: object, userId?: string) => send("POST", "/sign", request, userId);

    async function begin(key: string): Promise<Named> {
      const signed = (await sign({ method: "POST", key })).json();
      expect(signed.headers).to.deep.equal({ "content-type": "image/jpeg" });
      expect(new URL(signed.url).searchParams.has("uploads")).to.equal(true);
      // The browser asks S3, which tells it the id.
      const { UploadId = "" } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key: signed.key }));
      return { key: signed.key, uploadId: UploadId };
    }

    it("sign a PUT of the size that the wished-for key says", async () => {
      const signed = (await sign({ method: "PUT", key: "1234/holiday/a.jpg", contentType: "image/jpeg" })).json();
      expect(signed).to.have.all.keys("url", "key", "headers");
      expect(signed.headers).to.deep.equal({ "content-type": "image/jpeg", "if-none-match": "*" });
      expect(await photoOf(signed.key)).to.include({ size: 1234, filename: "a.jpg" });
    });

    it("sign a form where the key says no size, and take the type from the name where nothing else tells it", async () => {
      const key = "0b5c2c1e-8b7a-4b43-9d5c-1f2e3d4c5b6a-IMG_1.PNG";
      const signed = (await sign({ method: "PUT", key, contentType: "application/octet-stream" })).json();
      expect(signed).to.have.all.keys("url", "key", "fields");
      expect(await photoOf(signed.key)).to.include({ unsized: true, filename: "IMG_1.PNG", contentType: "image/png" });
    });

    it("sign every step of an upload in parts, its end only once all is there, and pin what it comes to", async () => {
      const named = await begin(`${partSize + 7}/a.jpg`);
      const part = (await sign({ method: "PUT", ...named, partNumber: 2 })).json();
      expect(new URL(part.url).searchParams.get("X-Amz-SignedHeaders")).to.equal("content-length;host");
      expect(part).not.to.have.nested.property("headers.content-length");
      await deliver(named, 1, partSize);
      const early = await sign({ method: "POST", ...named });
      expect([early.statusCode, early.json().error]).to.deep.equal([422, "The upload has 2 parts; 1 were listed"]);
      await deliver(named, 2, 7);
      const { headers } = (await sign({ method: "POST", ...named })).json();
      expect(headers).to.deep.equal({ "if-none-match": "*", "x-amz-mp-object-size": String(partSize + 7) });
      const listed = (await sign({ method: "GET", ...named })).json();
      expect(new URL(listed.url).searchParams.get("x-id")).to.equal("ListParts");
      const ended = (await sign({ method: "DELETE", ...named })).json();
      expect(new URL(ended.url).searchParams.get("x-id")).to.equal("AbortMultipartUpload");
      expect(await photoOf(named.key)).to.equal(undefined);
    });

    const refused: [string, object, number, string][] = [
      ["a DELETE of an object", { method: "DELETE", key: "a" }, 400, "No upload has a DELETE like this"],
      ["a GET of an object", { method: "GET", key: "originals/1" }, 400, "No upload has a GET like this"],
      ["a part of nothing", { method: "PUT", key: "a", partNumber: 1 }, 400, "No upload has a PUT like this"],
      ["another method", { method: "HEAD", key: "a" }, 400, "must be one of PUT, POST, GET, DELETE"],
      [
        "a type that is not allowed",
        { method: "PUT", key: "9/a.svg", contentType: "image/svg+xml" },
        415,
        "not one of",
      ],
      ["a name that tells no type", { method: "POST", key: "9/a.exe" }, 415, "not one of"],
      ["more than the most", { method: "PUT", key: `${maxBytes + 1}/a.jpg` }, 413, "at most"],
      ["a key of nobody's", { method: "GET", key: "uploads/olga/1", uploadId: "1" }, 404, "no such photo"],
    ];
    for (const [title, request, status, error] of refused) {
      it(`refuse ${title}`, async () => {
        const response = await sign(request);
        expect(response.statusCode, response.body).to.equal(status);
        expect(response.json().error).to.include(error);
      });
    }

    it("know an upload by its first id, for its owner, within the plan", async () => {
      const named = await begin("7/a.jpg");
      const first = await sign({ method: "PUT", ...named, partNumber: 1 });
      expect(first.statusCode).to.equal(200);
      const others: [object, string | undefined, number][] = [
        [{ ...named, uploadId: "other" }, undefined, 404],
        [named, "rita", 404],
        [{ ...named, partNumber: 2 }, undefined, 422],
      ];
      for (const [change, userId, status] of others) {
        const response = await sign({ method: "PUT", partNumber: 1, ...change }, userId);
        expect(response.statusCode, response.body).to.equal(status);
      }
    });
  });

  it("ask who is calling, in their own words", async () => {
    const response = await test.ask(undefined, { url: "/uppy/s3/params" });
    expect(response.statusCode).to.equal(401);
    expect(response.json()).to.have.property("error", "A valid access token is required");
    expect(response.headers).to.include({ "www-authenticate": "Bearer" });
  });
});
