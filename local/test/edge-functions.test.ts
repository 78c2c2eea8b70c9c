import { expect } from "chai";
import { type Answer, startTestEdge, type TestEdge } from "./support/edge.ts";
import { recorded } from "./support/recorded.ts";

const functionArn = "arn:aws:cloudfront::000000000000:function/rewrite";
const storeArn = "arn:aws:cloudfront::000000000000:key-value-store/1";
const xCache = ({ headers }: Answer) => String(headers["x-cache"]).replace(" from cloudfront", "");

function withFunction(code: string, eventType = "viewer-request", runtime = "cloudfront-js-2.0") {
  return {
    behaviour: { functionAssociations: [{ eventType, functionArn }] },
    cacheKey: { queryStringsConfig: { queryStringBehavior: "all" } },
    resources: [
      recorded(
        "aws:cloudfront/function:Function",
        "rewrite",
        { code, runtime, keyValueStoreAssociations: [storeArn] },
        { arn: functionArn },
      ),
      recorded("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey", "one", {
        key: "old",
        keyValueStoreArn: storeArn,
        value: "/new.webp",
      }),
      recorded("aws:cloudfront/keyvaluestoreKeysExclusive:KeyvaluestoreKeysExclusive", "many", {
        keyValueStoreArn: storeArn,
        resourceKeyValuePairs: [{ key: "settings", value: '{"open":true}' }],
      }),
    ],
  };
}

describe("functions at the edge", () => {
  let test: TestEdge;
  afterEach(() => test.close());

  it("see the request in CloudFront's own form", async () => {
    test = await startTestEdge(
      withFunction(`function handler(event) {
        return { statusCode: 200, body: JSON.stringify(event) };
      }`),
    );
    const answer = await test.ask("/a%20b?x=1&y=2&x=3", { headers: { "X-Own": "1", cookie: "c=1; d=2" } });
    const event = JSON.parse(answer.body.toString());
    expect(event.version).to.equal("1.0");
    expect(event.context).to.include({ distributionId: "E1TEST", eventType: "viewer-request" });
    expect(event.context.requestId).to.equal(answer.headers["x-amz-cf-id"]);
    expect(event.viewer).to.deep.equal({ ip: "127.0.0.1" });
    expect(event.request).to.deep.include({
      method: "GET",
      uri: "/a%20b",
      querystring: { x: { value: "3", multiValue: [{ value: "1" }, { value: "3" }] }, y: { value: "2" } },
      cookies: { c: { value: "1" }, d: { value: "2" } },
    });
    expect(event.request.headers["x-own"]).to.deep.equal({ value: "1" });
    expect(event.request.headers).to.not.have.property("cookie");
  });

  it("rewrite what is looked for, in the cache and at the origin", async () => {
    test = await startTestEdge(
      withFunction(`function handler(event) {
        const request = event.request;
        request.uri = request.uri.replace("/alias/", "/media/");
        delete request.querystring.utm;
        return request;
      }`),
    );
    expect(xCache(await test.ask("/alias/1.webp?v=1&utm=x"))).to.equal("Miss");
    expect(xCache(await test.ask("/media/1.webp?v=1"))).to.equal("Hit");
    expect(test.asked.map(({ url }) => url)).to.deep.equal(["/media-bucket/media/1.webp?v=1"]);
  });

  it("answer by themselves", async () => {
    test = await startTestEdge(
      withFunction(`function handler() {
        return {
          statusCode: 302,
          headers: { location: { value: "/elsewhere" } },
          cookies: { seen: { value: "1", attributes: "Secure" } },
          body: { encoding: "base64", data: "Z28=" },
        };
      }`),
    );
    const answer = await test.ask("/object");
    expect([answer.status, xCache(answer), answer.body.toString()]).to.deep.equal([
      302,
      "FunctionGeneratedResponse",
      "go",
    ]);
    expect(answer.headers).to.deep.include({ location: "/elsewhere", "set-cookie": ["seen=1; Secure"] });
    expect(test.asked).to.have.length(0);
  });

  it("read their key value store", async () => {
    test = await startTestEdge(
      withFunction(`import cf from 'cloudfront';
      const store = cf.kvs();
      async function handler(event) {
        const settings = await store.get("settings", { format: "json" });
        let missing = "";
        try { await store.get("none"); } catch (error) { missing = "missing"; }
        event.request.uri = settings.open && (await store.exists("old")) ? await store.get("old") : "/" + missing;
        event.request.querystring = { state: { value: missing } };
        return event.request;
      }`),
    );
    await test.ask("/old.webp");
    expect(test.asked[0]?.url).to.equal("/media-bucket/new.webp?state=missing");
  });

  it("change the response, but not its framing", async () => {
    test = await startTestEdge(
      withFunction(
        `function handler(event) {
          const response = event.response;
          response.headers["x-was"] = { value: String(response.statusCode) + " " + event.request.uri };
          response.headers["content-length"] = { value: "1" };
          delete response.headers["content-type"];
          return response;
        }`,
        "viewer-response",
      ),
    );
    const answer = await test.ask("/object");
    expect(answer.headers["x-was"]).to.equal("200 /object");
    expect(answer.headers).to.not.have.property("content-type");
    expect(answer.body.toString()).to.equal("body of /media-bucket/object");
  });

  it("are not asked about errors", async () => {
    test = await startTestEdge(withFunction("function handler() { return { statusCode: 200 }; }", "viewer-response"));
    test.origin = (_, response) => response.writeHead(404).end();
    expect((await test.ask("/object")).status).to.equal(404);
  });

  it("remember nothing from one request to the next", async () => {
    test = await startTestEdge(
      withFunction(`let seen = 0;
      function handler() { seen += 1; globalThis.more = (globalThis.more || 0) + 1; return { statusCode: 200, body: seen + " " + globalThis.more }; }`),
    );
    for (let i = 0; i < 2; i += 1) expect((await test.ask("/object")).body.toString()).to.equal("1 1");
  });

  const failures: [title: string, code: string, status: number, result: string][] = [
    ["throws", "function handler() { throw new Error('no'); }", 503, "FunctionExecutionError"],
    ["rejects", "async function handler() { throw new Error('no'); }", 503, "FunctionExecutionError"],
    ["never ends", "function handler() { for (;;); }", 503, "FunctionExecutionError"],
    ["never ends between promises", "async function handler() { for (;;) await 0; }", 503, "FunctionExecutionError"],
    [
      "waits for what never comes",
      "function handler() { return new Promise(() => {}); }",
      503,
      "FunctionExecutionError",
    ],
    ["evaluates text", "function handler() { return eval('({ statusCode: 200 })'); }", 503, "FunctionExecutionError"],
    [
      "reaches for Node",
      "function handler() { return { statusCode: 200, body: typeof process + require('fs') }; }",
      503,
      "FunctionExecutionError",
    ],
    ["returns nothing", "function handler() {}", 502, "FunctionValidationError"],
    [
      "returns an impossible status",
      "function handler() { return { statusCode: 99 }; }",
      502,
      "FunctionValidationError",
    ],
    [
      "returns a relative path",
      "function handler(e) { e.request.uri = 'x'; return e.request; }",
      502,
      "FunctionValidationError",
    ],
    [
      "returns a header with a line break",
      "function handler(e) { e.request.headers.a = { value: 'b\\r\\nc: d' }; return e.request; }",
      502,
      "FunctionValidationError",
    ],
    [
      "returns a header of the connection",
      "function handler() { return { statusCode: 200, headers: { 'transfer-encoding': { value: 'chunked' } } }; }",
      502,
      "FunctionValidationError",
    ],
  ];
  for (const [title, code, status, result] of failures) {
    it(`end in ${status} when one ${title}, and the log names it`, async () => {
      test = await startTestEdge(withFunction(code));
      const answer = await test.ask("/object");
      expect([answer.status, xCache(answer)]).to.deep.equal([status, result]);
      expect(test.logs.join("\n")).to.match(/^edge: /);
      expect(test.asked).to.have.length(0);
    });
  }

  it("may not lead out of the tree by dots", async () => {
    test = await startTestEdge(
      withFunction("function handler(e) { e.request.uri = '/a/%2e%2e/b'; return e.request; }"),
    );
    expect((await test.ask("/object")).status).to.equal(403);
    expect(test.asked).to.have.length(0);
  });

  it("log what they print", async () => {
    test = await startTestEdge(
      withFunction("function handler(e) { console.log('seen', e.request.uri); return e.request; }"),
    );
    await test.ask("/object");
    expect(test.logs).to.deep.equal(["function rewrite: seen /object"]);
  });

  const badStarts: [title: string, options: object, message: string][] = [
    ["code that is no JavaScript", withFunction("function handler( {"), "rewrite"],
    [
      "a module that CloudFront does not have",
      withFunction("import fs from 'fs';\nfunction handler() {}"),
      "import fs from 'fs'",
    ],
    ["the first runtime", withFunction("function handler() {}", "viewer-request", "cloudfront-js-1.0"), "runtime"],
    ["more code than CloudFront takes", withFunction(`function handler() {} // ${"x".repeat(10_240)}`), "code"],
  ];
  for (const [title, options, message] of badStarts) {
    it(`keep the edge from starting with ${title}`, async () => {
      const failure = await startTestEdge(options).then(
        (started) => started.close().then(() => new Error("it started")),
        (error: Error) => error,
      );
      expect(failure.message).to.contain(message);
      test = await startTestEdge();
    });
  }
});
