import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Answer, distributionArn, startTestEdge, type TestEdge, type TestEdgeOptions } from "./support/edge.ts";
import { recorded } from "./support/recorded.ts";

const xCache = ({ headers }: Answer) => String(headers["x-cache"]).replace(" from cloudfront", "");
const headersPolicy = (inputs: object) => [
  recorded("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "headers", { ...inputs }, { id: "headers-1" }),
];
const cors = (overrides: object = {}) => ({
  accessControlAllowCredentials: true,
  accessControlAllowHeaders: { items: ["Range"] },
  accessControlAllowMethods: { items: ["GET", "HEAD"] },
  accessControlAllowOrigins: { items: ["https://app.example", "https://*.app.example"] },
  accessControlExposeHeaders: { items: ["ETag"] },
  accessControlMaxAgeSec: 600,
  originOverride: true,
  ...overrides,
});

describe("the edge's response headers", () => {
  let test: TestEdge;
  afterEach(() => test.close());
  const start = async (inputs: object, originHeaders: Record<string, string> = {}) => {
    test = await startTestEdge({
      behaviour: { responseHeadersPolicyId: "headers-1", allowedMethods: ["GET", "HEAD", "OPTIONS"] },
      resources: headersPolicy(inputs),
    });
    test.origin = (_, response) => response.writeHead(200, originHeaders).end("body");
  };
  const headersFor = async (origin?: string, method = "GET") =>
    (await test.ask("/object", { method, headers: origin === undefined ? {} : { origin } })).headers;

  it("tell browsers what the policy says, over the origin's word where it says so", async () => {
    await start(
      {
        securityHeadersConfig: {
          contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'", override: true },
          contentTypeOptions: { override: true },
          frameOptions: { frameOption: "DENY", override: false },
          referrerPolicy: { referrerPolicy: "no-referrer", override: true },
          strictTransportSecurity: {
            accessControlMaxAgeSec: 600,
            includeSubdomains: true,
            preload: true,
            override: true,
          },
          xssProtection: { protection: true, modeBlock: true, override: true },
        },
        customHeadersConfig: { items: [{ header: "X-Own", value: "ours", override: false }] },
        removeHeadersConfig: { items: [{ header: "Server" }] },
      },
      { "x-frame-options": "SAMEORIGIN", "referrer-policy": "unsafe-url", server: "AmazonS3" },
    );
    for (const result of ["Miss", "Hit"]) {
      const answer = await test.ask("/object");
      expect(xCache(answer)).to.equal(result);
      expect(answer.headers).to.include({
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=600; includeSubDomains; preload",
        "x-xss-protection": "1; mode=block",
        "x-own": "ours",
      });
      expect(answer.headers).to.not.have.property("server");
    }
  });

  const origins: [origin: string | undefined, allowed: string | undefined][] = [
    ["https://app.example", "https://app.example"],
    ["https://beta.app.example", "https://beta.app.example"],
    ["https://app.example.evil.example", undefined],
    ["http://app.example", undefined],
    ["null", undefined],
    [undefined, undefined],
  ];
  for (const [origin, allowed] of origins) {
    it(`${allowed ? "let" : "do not let"} a page of ${origin ?? "no origin"} read the answer`, async () => {
      await start({ corsConfig: cors() }, { "access-control-allow-origin": "*" });
      const headers = await headersFor(origin);
      const expected = origin === undefined ? "*" : allowed;
      expect(headers["access-control-allow-origin"]).to.equal(expected);
      expect(headers["access-control-expose-headers"]).to.equal(allowed && "ETag");
    });
  }

  it("answer a preflight with methods, headers and age", async () => {
    await start({ corsConfig: cors() });
    expect(await headersFor("https://app.example", "OPTIONS")).to.include({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "Range",
      "access-control-allow-methods": "GET, HEAD",
      "access-control-max-age": "600",
      vary: "Origin",
    });
  });

  it("leave CORS to an origin that speaks of it, unless told to override", async () => {
    await start(
      { corsConfig: cors({ originOverride: false }) },
      { "access-control-allow-origin": "https://other.example" },
    );
    const headers = await headersFor("https://app.example");
    expect(headers["access-control-allow-origin"]).to.equal("https://other.example");
    expect(headers).to.not.have.property("access-control-allow-credentials");
  });

  it("follow the managed policies", async () => {
    test = await startTestEdge({ behaviour: { responseHeadersPolicyId: "e61eb60c-9c35-4d20-a928-2b84e02af89c" } });
    expect(await headersFor("https://anywhere.example")).to.include({
      "access-control-allow-origin": "*",
      "strict-transport-security": "max-age=31536000",
    });
  });
});

describe("the edge's errors", () => {
  let test: TestEdge;
  afterEach(() => test.close());
  const start = async (options: TestEdgeOptions, status: number, headers: Record<string, string> = {}) => {
    test = await startTestEdge(options);
    test.origin = ({ url }, response) =>
      url?.includes("/errors/")
        ? response.end("a page of our own")
        : response.writeHead(status, headers).end("origin's words");
  };
  const declared = (...customErrorResponses: object[]) => ({ distribution: { customErrorResponses } });
  const later = (seconds: number) => {
    test.now = new Date(test.now.getTime() + seconds * 1000);
  };

  const remembered: [
    title: string,
    options: TestEdgeOptions,
    status: number,
    headers: Record<string, string>,
    seconds: number,
  ][] = [
    ["404 for ten seconds", {}, 404, {}, 10],
    ["503 for ten seconds", {}, 503, {}, 10],
    ["404 for as long as declared", declared({ errorCode: 404, errorCachingMinTtl: 60 }), 404, {}, 60],
    ["403 for as long as declared", declared({ errorCode: 403, errorCachingMinTtl: 30 }), 403, {}, 30],
    ["404 for longer where the origin says so", {}, 404, { "cache-control": "max-age=90" }, 90],
    ["403 for as long as the origin says", {}, 403, { "cache-control": "max-age=90" }, 90],
    ["403 not at all where nobody says how long", {}, 403, {}, 0],
    ["500 not at all where the distribution says so", declared({ errorCode: 500, errorCachingMinTtl: 0 }), 500, {}, 0],
  ];
  for (const [title, options, status, headers, seconds] of remembered) {
    it(`are remembered: ${title}`, async () => {
      await start(options, status, headers);
      const first = await test.ask("/object");
      expect([first.status, xCache(first), first.body.toString()]).to.deep.equal([status, "Error", "origin's words"]);
      later(Math.max(0, seconds - 1));
      await test.ask("/object");
      expect(test.asked).to.have.length(seconds === 0 ? 2 : 1);
      later(2);
      await test.ask("/object");
      expect(test.asked).to.have.length(seconds === 0 ? 3 : 2);
    });
  }

  it("are shown with a page and a status of the distribution's own", async () => {
    await start(declared({ errorCode: 403, responseCode: 404, responsePagePath: "/errors/missing.html" }), 403);
    const answer = await test.ask("/object");
    expect([answer.status, xCache(answer), answer.body.toString()]).to.deep.equal([404, "Error", "a page of our own"]);
    expect((await test.ask("/object", { method: "HEAD" })).status).to.equal(404);
  });

  it("are shown as they are where the page is missing too", async () => {
    await start(declared({ errorCode: 404, responsePagePath: "/missing.html" }), 404);
    const answer = await test.ask("/object");
    expect([answer.status, answer.body.toString()]).to.deep.equal([404, "origin's words"]);
  });

  it("stand for a page of the edge's own refusals as well", async () => {
    const options = declared({ errorCode: 403, responseCode: 200, responsePagePath: "/errors/sign-in.html" });
    await start({ ...options, behaviour: { trustedKeyGroups: ["group-1"] } }, 200);
    const answer = await test.ask("/object");
    expect([answer.status, answer.body.toString()]).to.deep.equal([200, "a page of our own"]);
  });

  const malformed: [title: string, path: string, status: number][] = [
    ["a URL beyond CloudFront's limit", `/${"x".repeat(8192)}`, 414],
    ["percent signs that encode nothing", "/media/%zz", 400],
    ["an absolute URL as a target", "http://elsewhere.example/media", 400],
  ];
  for (const [title, path, status] of malformed) {
    it(`answer ${title} with ${status}`, async () => {
      await start({}, 200);
      const answer = await test.ask(path);
      expect([answer.status, xCache(answer)]).to.deep.equal([status, "Error"]);
      expect(test.asked).to.have.length(0);
    });
  }

  it("answer 502 when the origin cannot be reached", async () => {
    test = await startTestEdge({
      bucket: { url: "http://127.0.0.1:1", credentials: () => expect.fail("not signed") },
      distribution: { origins: [{ domainName: "media-bucket.s3.eu-central-1.amazonaws.com", originId: "bucket" }] },
    });
    const answer = await test.ask("/object");
    expect([answer.status, xCache(answer)]).to.deep.equal([502, "Error"]);
    expect(answer.body.toString()).to.contain("The request could not be satisfied");
  });

  it("keep viewers out whose country is not served, where it is known", async () => {
    await start(
      { distribution: { restrictions: { geoRestriction: { restrictionType: "whitelist", locations: ["DE", "FR"] } } } },
      200,
    );
    const from = (country?: string) =>
      test.ask("/object", { headers: country === undefined ? {} : { "cloudfront-viewer-country": country } });
    expect((await from("DE")).status).to.equal(200);
    expect((await from("US")).status).to.equal(403);
    expect((await from()).status).to.equal(200);
  });
});

describe("the edge's access log", () => {
  let test: TestEdge;
  afterEach(() => test.close());
  const delivered = (inputs: Readonly<Record<string, unknown>> = {}) => [
    recorded(
      "aws:cloudwatch/logDeliverySource:LogDeliverySource",
      "source",
      { logType: "ACCESS_LOGS", resourceArn: distributionArn },
      { name: "source-1" },
    ),
    recorded("aws:cloudwatch/logDelivery:LogDelivery", "delivery", { deliverySourceName: "source-1", ...inputs }),
  ];
  const log = () => readFile(join(test.dataDir, "access.log"), "utf8");

  it("tells of each request, and of no query string or cookie", async () => {
    test = await startTestEdge({ resources: delivered() });
    await test.ask("/media/1/640.webp?Signature=SECRET", {
      headers: {
        cookie: "CloudFront-Signature=SECRET",
        referer: "https://app.example/?Signature=SECRET",
        "user-agent": "a b\tc",
      },
    });
    await test.stop();
    const [, fields, line = "", ...rest] = (await log()).split("\n");
    expect(fields).to.match(/^#Fields: date time /);
    expect(rest).to.deep.equal([""]);
    expect(line.split("\t").slice(2, 8)).to.deep.equal([
      "127.0.0.1",
      "GET",
      test.edge.url.slice(7),
      test.edge.url.slice(7),
      "/media/1/640.webp",
      "200",
    ]);
    expect(line.split("\t").slice(-2)).to.deep.equal(["https://app.example/", "a%20b%09c"]);
    expect(await log()).to.not.contain("SECRET");
  });

  it("has the fields that the program asks for, and no path where it asks for none", async () => {
    const recordFields = ["date", "cs-method", "sc-status", "cs-uri-query", "x-edge-location"];
    test = await startTestEdge({ resources: delivered({ recordFields }) });
    await test.ask("/v1/links/SECRET");
    await test.stop();
    expect(await log()).to.match(/^#Version: 1\.0\n#Fields: date cs-method sc-status\n[\d-]{10}\tGET\t\d{3}\n$/);
  });

  it("begins anew when it has grown long, and keeps the one before", async () => {
    test = await startTestEdge({ resources: delivered() });
    await writeFile(join(test.dataDir, "access.log"), "x".repeat(10 * 1024 * 1024));
    await test.ask("/one");
    await test.ask("/two");
    await test.stop();
    expect(await log()).to.match(/^#Version: 1\.0\n#Fields: .*\n.*\/two.*\n$/);
    expect(await readFile(join(test.dataDir, "access.log.1"), "utf8")).to.contain("/one");
  });

  it("is not kept where the program declares none", async () => {
    test = await startTestEdge();
    await test.ask("/object");
    expect(await log().catch(({ code }) => code)).to.equal("ENOENT");
  });
});
