import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { request, type ServerResponse } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { ResponseCache } from "../edge/response-cache.ts";
import { type Answer, startTestEdge, type TestEdge, type TestEdgeOptions } from "./support/edge.ts";

const xCache = ({ headers }: Answer) => String(headers["x-cache"]).replace(" from cloudfront", "");

describe("the edge's cache", () => {
  let test: TestEdge;
  const start = async (options: TestEdgeOptions = {}) => {
    test = await startTestEdge(options);
  };
  const later = (seconds: number) => {
    test.now = new Date(test.now.getTime() + seconds * 1000);
  };
  const answerWith = (headers: Record<string, string>, body: string | Buffer = "body", status = 200) => {
    test.origin = (_, response) => response.writeHead(status, headers).end(body);
  };
  const results = async (...paths: string[]) => {
    const seen: string[] = [];
    for (const path of paths) seen.push(xCache(await test.ask(path)));
    return seen;
  };

  afterEach(() => test.close());

  it("asks the origin once and then answers by itself, and says so", async () => {
    await start();
    const miss = await test.ask("/media/1/640.webp");
    later(5);
    const hit = await test.ask("/media/1/640.webp");
    expect([xCache(miss), xCache(hit)]).to.deep.equal(["Miss", "Hit"]);
    expect(miss.headers).to.not.have.property("age");
    expect(hit.headers.age).to.equal("5");
    expect(hit.body.toString()).to.equal("body of /media-bucket/media/1/640.webp").and.equal(miss.body.toString());
    for (const { headers } of [miss, hit]) {
      expect(headers.via).to.match(/^1\.1 \S+\.cloudfront\.net \(CloudFront\)$/);
      expect(headers["x-amz-cf-pop"]).to.match(/^[A-Z]{3}\d+-P\d$/);
    }
    expect(miss.headers["x-amz-cf-id"]).to.not.equal(hit.headers["x-amz-cf-id"]);
    expect(test.asked).to.have.length(1);
  });

  it("makes one request to the origin of a crowd's", async () => {
    await start();
    const arrived = Promise.withResolvers<ServerResponse>();
    test.origin = (_, response) => arrived.resolve(response);
    const crowd = Array.from({ length: 20 }, () => test.ask("/media/1/640.webp"));
    (await arrived.promise).end("once");
    const bodies = (await Promise.all(crowd)).map(({ body }) => body.toString());
    expect(bodies).to.deep.equal(Array(20).fill("once"));
    expect(test.asked).to.have.length(1);
  });

  it("lets a second viewer read along while the first one's object is still coming", async () => {
    await start();
    const arrived = Promise.withResolvers<ServerResponse>();
    test.origin = (_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("first");
      arrived.resolve(response);
    };
    const reading = async () => {
      const asking = request(`${test.edge.url}/media/1/film.mp4`, { agent: false }).end();
      const [response] = await once(asking, "response");
      return response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    };
    const viewers = [await reading(), await reading()];
    const seen = () => Promise.all(viewers.map(async (viewer) => String((await viewer.next()).value)));
    expect(await seen()).to.deep.equal(["first", "first"]);
    (await arrived.promise).end("later");
    expect(await seen()).to.deep.equal(["later", "later"]);
    expect(test.asked).to.have.length(1);
  });

  it("shares nothing that the origin says is private", async () => {
    await start();
    const waiting: ServerResponse[] = [];
    const all = Promise.withResolvers<void>();
    test.origin = (_, response) => {
      waiting.push(response);
      if (waiting.length === 1) response.writeHead(200, { "cache-control": "private" }).end("for the first");
      else response.writeHead(200, { "cache-control": "private" }).end(`for number ${waiting.length}`);
      if (waiting.length === 3) all.resolve();
    };
    const answers = await Promise.all([1, 2, 3].map(() => test.ask("/account")));
    await all.promise;
    expect(new Set(answers.map(({ body }) => body.toString()))).to.have.property("size", 3);
  });

  const day = 86_400;
  const lifetimes: [title: string, headers: Record<string, string>, policy: object, fresh: number | "not kept"][] = [
    ["the default where the origin is silent", {}, {}, 3600],
    ["max-age", { "cache-control": "max-age=60" }, {}, 60],
    ["s-maxage before max-age", { "cache-control": "max-age=60, s-maxage=120" }, {}, 120],
    ["Expires", { expires: "EXPIRES" }, {}, 300],
    ["no more than the maximum", { "cache-control": "max-age=31536000" }, {}, day],
    ["no less than the minimum", { "cache-control": "max-age=1" }, { minTtl: 30 }, 30],
    ["the minimum although the origin says private", { "cache-control": "private" }, { minTtl: 30 }, 30],
    ["the minimum although the origin says no-store", { "cache-control": "no-store" }, { minTtl: 30 }, 30],
    ["no-store", { "cache-control": "no-store" }, {}, "not kept"],
    ["nothing under a policy that keeps nothing", {}, { defaultTtl: 0, maxTtl: 0 }, "not kept"],
  ];
  for (const [title, headers, cachePolicy, fresh] of lifetimes) {
    it(`keeps an object for ${title}`, async () => {
      await start({ cachePolicy });
      const expires = new Date(test.now.getTime() + 300_000).toUTCString();
      // `Expires` has whole seconds only.
      test.now = new Date(Math.floor(test.now.getTime() / 1000) * 1000);
      answerWith(Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, v.replace("EXPIRES", expires)])));
      await test.ask("/object");
      if (fresh === "not kept") {
        expect(await results("/object")).to.deep.equal(["Miss"]);
        return;
      }
      later(fresh - 1);
      expect(await results("/object")).to.deep.equal(["Hit"]);
      later(2);
      expect(await results("/object")).to.deep.equal(["Miss"]);
    });
  }

  it("asks whether an expired object has changed, and keeps it when it has not", async () => {
    await start();
    test.origin = ({ headers }, response) => {
      if (headers["if-none-match"] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end();
      else response.writeHead(200, { etag: '"v1"' }).end("version one");
    };
    await test.ask("/object");
    later(3601);
    const refreshed = await test.ask("/object");
    expect([refreshed.status, xCache(refreshed), refreshed.body.toString()]).to.deep.equal([
      200,
      "RefreshHit",
      "version one",
    ]);
    expect(await results("/object")).to.deep.equal(["Hit"]);
    answerWith({ etag: '"v2"' }, "version two");
    later(3601);
    expect((await test.ask("/object")).body.toString()).to.equal("version two");
  });

  it("serves what has expired while the origin fails, but not what the origin has taken away", async () => {
    await start();
    await test.ask("/object");
    later(3601);
    answerWith({}, "out of order", 503);
    expect((await test.ask("/object")).status).to.equal(200);
    answerWith({}, "gone", 403);
    expect((await test.ask("/object")).status).to.equal(403);
    answerWith({}, "out of order", 503);
    expect((await test.ask("/object")).status).to.equal(503);
  });

  describe("by its key", () => {
    it("takes one copy for all queries, headers and cookies that are not in it", async () => {
      await start();
      await test.ask("/object?a=1", { headers: { accept: "image/webp", cookie: "a=1" } });
      expect(xCache(await test.ask("/object?b=2", { headers: { accept: "image/avif", cookie: "b=2" } }))).to.equal(
        "Hit",
      );
      expect(test.asked[0]).to.include({ url: "/media-bucket/object" });
      expect(test.asked[0]?.headers).to.not.have.any.keys("accept", "cookie");
    });

    it("takes another copy for each value of what is in it, and sends it on", async () => {
      await start({
        cacheKey: {
          cookiesConfig: { cookieBehavior: "whitelist", cookies: { items: ["lang"] } },
          headersConfig: { headerBehavior: "whitelist", headers: { items: ["Accept"] } },
          queryStringsConfig: { queryStringBehavior: "allExcept", queryStrings: { items: ["utm"] } },
        },
      });
      const ask = (query: string, accept: string, cookie: string) =>
        test.ask(`/object?${query}`, { headers: { accept, cookie } }).then(xCache);
      expect(await ask("v=1&utm=x", "image/webp", "lang=de; id=1")).to.equal("Miss");
      expect(await ask("v=1&utm=y", "image/webp", "lang=de; id=2")).to.equal("Hit");
      expect(await ask("v=2", "image/webp", "lang=de")).to.equal("Miss");
      expect(await ask("v=1", "image/avif", "lang=de")).to.equal("Miss");
      expect(await ask("v=1", "image/webp", "lang=en")).to.equal("Miss");
      expect(test.asked[0]).to.include({ url: "/media-bucket/object?v=1" });
      expect(test.asked[0]?.headers).to.include({ accept: "image/webp", cookie: "lang=de" });
    });
  });

  describe("by ranges", () => {
    const bytes = randomBytes(100_000);
    const ranges: [asked: string, status: number, contentRange: string | undefined, expected: Buffer][] = [
      ["bytes=0-99", 206, "bytes 0-99/100000", bytes.subarray(0, 100)],
      ["bytes=99990-", 206, "bytes 99990-99999/100000", bytes.subarray(99_990)],
      ["bytes=-10", 206, "bytes 99990-99999/100000", bytes.subarray(99_990)],
      ["bytes=-999999", 206, "bytes 0-99999/100000", bytes],
      ["bytes=99999-200000", 206, "bytes 99999-99999/100000", bytes.subarray(99_999)],
      ["bytes=100000-", 416, "bytes */100000", Buffer.alloc(0)],
      [`bytes=99999-${"9".repeat(20)}`, 206, "bytes 99999-99999/100000", bytes.subarray(99_999)],
      [`bytes=${"9".repeat(20)}-`, 416, "bytes */100000", Buffer.alloc(0)],
      ["bytes=-0", 416, "bytes */100000", Buffer.alloc(0)],
      ["bytes=-00", 416, "bytes */100000", Buffer.alloc(0)],
      ["bytes=5-2", 200, undefined, bytes],
      ["bytes=0-1,5-6", 200, undefined, bytes],
      ["items=0-1", 200, undefined, bytes],
    ];
    for (const [range, status, contentRange, expected] of ranges) {
      it(`answers ${range} with ${status}, from the origin and from the cache alike`, async () => {
        await start();
        answerWith({ etag: '"v1"' }, bytes);
        for (const result of ["Miss", "Hit"]) {
          const answer = await test.ask("/film", { headers: { range } });
          expect([answer.status, answer.headers["content-range"]]).to.deep.equal([status, contentRange]);
          expect(answer.body.equals(expected)).to.equal(true);
          expect(xCache(answer)).to.equal(status === 416 ? "Error" : result);
        }
        expect(test.asked).to.have.length(1);
      });
    }

    it("answers many ranges of one object at once, with one request to the origin", async () => {
      await start();
      answerWith({}, bytes);
      const parts = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          test.ask("/film", { headers: { range: `bytes=${i * 10_000}-${i * 10_000 + 9999}` } }),
        ),
      );
      expect(Buffer.concat(parts.map(({ body }) => body)).equals(bytes)).to.equal(true);
      expect(test.asked).to.have.length(1);
    });

    it("asks for a range far ahead on its own instead of waiting for all before it", async () => {
      await start();
      const length = 64 * 1024 * 1024;
      const begun = Promise.withResolvers<ServerResponse>();
      test.origin = ({ headers }, response) => {
        if (headers.range === undefined) {
          response.writeHead(200, { "content-length": String(length) }).write("the beginning");
          begun.resolve(response);
        } else {
          response.writeHead(206, { "content-range": `bytes ${length - 3}-${length - 1}/${length}` }).end("end");
        }
      };
      const tail = await test.ask("/film", { headers: { range: `bytes=${length - 3}-` } });
      expect([tail.status, tail.body.toString()]).to.deep.equal([206, "end"]);
      expect(test.asked.map(({ headers }) => headers.range)).to.deep.equal([undefined, `bytes=${length - 3}-`]);
      (await begun.promise).destroy();
    });

    it("sends the whole object when it is not the version that the viewer has a part of", async () => {
      await start();
      answerWith({ etag: '"v2"' }, "whole");
      const ask = (ifRange: string) => test.ask("/film", { headers: { range: "bytes=0-1", "if-range": ifRange } });
      expect((await ask('"v2"')).status).to.equal(206);
      expect((await ask('"v1"')).status).to.equal(200);
      expect((await ask('W/"v2"')).status).to.equal(200);
    });

    it("leaves ranges to the origin where nothing is kept", async () => {
      await start({ cachePolicy: { defaultTtl: 0, maxTtl: 0 } });
      await test.ask("/film", { headers: { range: "bytes=5-9", "if-none-match": '"v1"' } });
      expect(test.asked[0]?.headers).to.include({ range: "bytes=5-9", "if-none-match": '"v1"' });
    });
  });

  it("tells a viewer that has the object already", async () => {
    await start();
    answerWith({ etag: '"v1"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" });
    const statuses: number[] = [];
    for (const headers of [
      { "if-none-match": '"v1"' },
      { "if-none-match": '"v0", W/"v1"' },
      { "if-none-match": '"v0"' },
      { "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" },
      { "if-modified-since": "Wed, 31 Dec 2025 00:00:00 GMT" },
    ]) {
      statuses.push((await test.ask("/object", { headers })).status);
    }
    expect(statuses).to.deep.equal([304, 304, 200, 304, 200]);
    expect(test.asked).to.have.length(1);
  });

  it("answers HEAD from what a GET left, and asks with HEAD where nothing is left", async () => {
    await start();
    answerWith({ "content-type": "image/webp" }, "picture");
    expect(xCache(await test.ask("/new", { method: "HEAD" }))).to.equal("Miss");
    await test.ask("/object");
    const head = await test.ask("/object", { method: "HEAD" });
    expect([xCache(head), head.body.length]).to.deep.equal(["Hit", 0]);
    expect(head.headers).to.include({ "content-length": "7", "content-type": "image/webp" });
    expect(test.asked.map(({ method }) => method)).to.deep.equal(["HEAD", "GET"]);
  });

  describe("after an invalidation", () => {
    const seen = ["/media/1/320.webp", "/media/1/640.webp", "/media/10/640.webp", "/media/2/640.webp"];
    const invalidations: [paths: string[], forgotten: string[]][] = [
      [["/media/1/640.webp"], ["/media/1/640.webp"]],
      [["media/1/640.webp"], ["/media/1/640.webp"]],
      [["/media/1/*"], ["/media/1/320.webp", "/media/1/640.webp"]],
      [["/media/1*"], ["/media/1/320.webp", "/media/1/640.webp", "/media/10/640.webp"]],
      [["/*"], seen],
      [["/media/*/640.webp"], []],
      [
        ["/media/1/320.webp", "/media/2/640.webp"],
        ["/media/1/320.webp", "/media/2/640.webp"],
      ],
      [["#PHOTO-1"], ["/media/1/320.webp", "/media/1/640.webp"]],
      [["/media/1/%2A"], []],
      [["#photo"], []],
    ];
    for (const [paths, forgotten] of invalidations) {
      it(`of ${paths.join(" and ")} asks again for ${forgotten.join(", ") || "nothing"}`, async () => {
        await start({ distribution: { cacheTagConfig: { headerName: "X-Amz-Meta-Cache-Tag" } } });
        test.origin = ({ url }, response) => {
          const photo = /\/media\/(\d+)\//.exec(url ?? "")?.[1];
          response.writeHead(200, { "x-amz-meta-cache-tag": `media, photo-${photo}` }).end("body");
        };
        await results(...seen);
        expect(test.edge.invalidate("E1TEST", paths)).to.match(/^I[A-Z0-9]{13,}$/);
        const missed = (await results(...seen)).flatMap((result, i) => (result === "Miss" ? [seen[i]] : []));
        expect(missed).to.deep.equal(forgotten);
      });
    }

    it("forgets a copy that was asked for by another spelling of its path", async () => {
      await start();
      await test.ask("/%6dedia/1/640.webp");
      test.edge.invalidate("E1TEST", ["/media/1/*"]);
      expect(await results("/%6dedia/1/640.webp")).to.deep.equal(["Miss"]);
    });

    it("does not keep what was on its way when it came", async () => {
      await start();
      const arrived = Promise.withResolvers<ServerResponse>();
      test.origin = (_, response) => arrived.resolve(response);
      const asking = test.ask("/media/1/640.webp");
      const response = await arrived.promise;
      test.edge.invalidate("E1TEST", ["/media/1/*"]);
      response.end("old");
      expect((await asking).body.toString()).to.equal("old");
      answerWith({}, "new");
      expect((await test.ask("/media/1/640.webp")).body.toString()).to.equal("new");
    });

    it("knows no other distribution", async () => {
      await start();
      expect(() => test.edge.invalidate("E2OTHER", ["/*"])).to.throw("E2OTHER");
    });
  });

  it("forgets the longest unused when its room is full, on disk too", async () => {
    await start({ cacheBytes: 100_000 });
    answerWith({}, Buffer.alloc(40_000));
    await results("/one", "/two");
    expect(await results("/one")).to.deep.equal(["Hit"]);
    await results("/three");
    expect(await results("/one", "/three")).to.deep.equal(["Hit", "Hit"]);
    expect(await readdir(join(test.dataDir, "cache"))).to.have.length(2);
    expect(await results("/two")).to.deep.equal(["Miss"]);
  });

  it("passes on what is too large to keep, piece by piece", async () => {
    await start({ cacheBytes: 100_000 });
    const large = randomBytes(1_000_000);
    answerWith({}, large);
    for (let i = 0; i < 2; i += 1) {
      const answer = await test.ask("/large");
      expect([xCache(answer), answer.body.equals(large)]).to.deep.equal(["Miss", true]);
    }
    expect(await readdir(join(test.dataDir, "cache"))).to.have.length(0);
  });

  it("neither finishes nor keeps a body that breaks off", async () => {
    await start();
    test.origin = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    const outcome = await test.ask("/object").then(
      () => "finished",
      () => "broken off",
    );
    expect(outcome).to.equal("broken off");
    answerWith({}, "whole");
    expect((await test.ask("/object")).body.toString()).to.equal("whole");
  });

  it("compresses text for those who take it, once", async () => {
    await start({
      behaviour: { compress: true, cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6" },
    });
    const text = "the same line again\n".repeat(500);
    answerWith({ "content-type": "text/plain; charset=utf-8", etag: '"v1"' }, text);
    const ask = (encoding: string) => fetch(`${test.edge.url}/text`, { headers: { "accept-encoding": encoding } });
    for (const [accepted, encoding] of [
      ["gzip", "gzip"],
      ["gzip, br", "br"],
      ["br;q=0, gzip", "gzip"],
      ["zstd", null],
    ] as const) {
      const response = await ask(accepted);
      expect(response.headers.get("content-encoding"), accepted).to.equal(encoding);
      expect(response.headers.get("etag")).to.equal(encoding === null ? '"v1"' : 'W/"v1"');
      expect(await response.text()).to.equal(text);
    }
    expect(test.asked).to.have.length(3);
    answerWith({ "content-type": "image/webp" }, text);
    const picture = await fetch(`${test.edge.url}/picture`, { headers: { "accept-encoding": "br, gzip" } });
    expect(picture.headers.get("content-encoding")).to.equal(null);
    await picture.arrayBuffer();
  });

  it("has the origin set no cookies where it sees none", async () => {
    await start();
    answerWith({ "set-cookie": "session=1" });
    for (let i = 0; i < 2; i += 1) expect((await test.ask("/object")).headers).to.not.have.property("set-cookie");
  });

  it("starts empty, whatever an earlier run has left", async () => {
    await start();
    const folder = join(test.dataDir, "cache");
    await writeFile(join(folder, "left-over"), "bytes");
    await ResponseCache.open(folder, 1000);
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
