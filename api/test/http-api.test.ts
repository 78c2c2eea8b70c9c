import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type HttpApiEvent, parseEvent } from "../http-api/event.ts";
import { requestOf } from "../http-api/request.ts";
import { type AppAnswer, resultOf } from "../http-api/result.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

/** Written by AWS's documentation of payload format 2.0, as an HTTP API behind CloudFront sends it. */
function recordedEvent(name: string): HttpApiEvent {
  return parseEvent(JSON.parse(readFileSync(new URL(`http-api-events/${name}.json`, import.meta.url), "utf8")));
}

const requestId = "7d2f6a52-9a1c-4c43-8f0e-1b2c3d4e5f60";
const facts = { requestId, behindEdge: true };

describe("A request of an HTTP API", () => {
  it("has the query to the letter, and the cookies in one header", () => {
    const request = requestOf(recordedEvent("get-photos-page"), facts);
    expect(request).to.include({ method: "GET", url: "/v1/photos?limit=2&cursor=a%2Cb%3D%3D" });
    expect(request.headers).to.include({
      cookie: "theme=dark; CloudFront-Policy=eyJ",
      authorization: "Bearer e30.e30.e30",
    });
  });

  for (const name of ["post-photo", "post-photo-base64"]) {
    it(`has the bytes of its body, by the event ${name}`, () => {
      const { payload } = requestOf(recordedEvent(name), facts);
      expect(String(payload)).to.equal('{"contentType":"image/jpeg","size":1234,"title":"Sjö"}');
    });
  }

  it("has an encoded path again, in which nothing begins a query", () => {
    expect(requestOf(recordedEvent("get-decoded-path"), facts).url).to.equal("/p/what%3F%20a%20place%23100%25/640");
  });

  const paths: [raw: string, url: string][] = [
    ["/v1/friends/auth0|5f7c8ec7c33c6c004bbafe82", "/v1/friends/auth0%7C5f7c8ec7c33c6c004bbafe82"],
    ["/v1/photos/%2e%2e", "/v1/photos/%2e%2e"],
    ["/p/Sjö/640", "/p/Sj%C3%B6/640"],
    ["/p/\ud800/640", "/p/%EF%BF%BD/640"],
    ["/p/\r\nx: y", "/p/%0D%0Ax:%20y"],
  ];
  for (const [raw, url] of paths) {
    it(`asks for ${url} by the path ${JSON.stringify(raw)}`, () => {
      expect(requestOf({ ...recordedEvent("get-health"), rawPath: raw }, facts).url).to.equal(url);
    });
  }

  const edge = "130.176.98.147";
  const addresses: [what: string, forwardedFor: string | undefined, behindEdge: boolean, address: string][] = [
    ["the viewer's, which the edge says", `203.0.113.64, ${edge}`, true, "203.0.113.64"],
    ["the viewer's where the gateway adds nothing", "203.0.113.64", true, "203.0.113.64"],
    ["never one that the viewer says", `198.51.100.1, 203.0.113.64, ${edge}`, true, "203.0.113.64"],
    ["never one that the viewer says of the edge", `${edge}, 203.0.113.64, ${edge}`, true, "203.0.113.64"],
    ["that of an IPv6 viewer", `2001:db8::7, ${edge}`, true, "2001:db8::7"],
    ["the connection's where nothing is said", undefined, true, edge],
    ["the connection's where nobody proves to be the edge", `203.0.113.64, ${edge}`, false, edge],
  ];
  for (const [what, forwardedFor, behindEdge, address] of addresses) {
    it(`comes from an address: ${what}`, () => {
      const event = recordedEvent("get-health");
      const { "x-forwarded-for": _, ...headers } = event.headers;
      const forwarded = forwardedFor === undefined ? headers : { ...headers, "x-forwarded-for": forwardedFor };
      const request = requestOf({ ...event, headers: forwarded }, { requestId, behindEdge });
      expect(request.remoteAddress).to.equal(address);
    });
  }

  const broken: [what: string, event: unknown, fault: RegExp][] = [
    ["format 1.0", { ...recordedEvent("get-health"), version: "1.0" }, /payload format 2\.0.*\/version/],
    ["a scheduled event", { source: "aws.events", "detail-type": "Scheduled Event" }, /payload format 2\.0/],
    ["nothing", null, /payload format 2\.0/],
  ];
  for (const [what, event, fault] of broken) {
    it(`is not made of ${what}`, () => expect(() => parseEvent(event)).to.throw(TypeError, fault));
  }
});

describe("An answer to an HTTP API", () => {
  const answer = (headers: AppAnswer["headers"], body: string | Buffer) =>
    resultOf({ statusCode: 200, headers, rawPayload: Buffer.from(body) });

  it("has its cookies apart, since they can't be joined", () => {
    const { headers, cookies } = answer({ "set-cookie": ["a=1", "b=2"], vary: ["Origin", "Accept"] }, "");
    expect(cookies).to.deep.equal(["a=1", "b=2"]);
    expect(headers).to.deep.equal({ vary: "Origin, Accept" });
    expect(answer({ "set-cookie": "a=1" }, "").cookies).to.deep.equal(["a=1"]);
    expect(answer({}, "")).not.to.have.property("cookies");
  });

  it("leaves to the gateway what is its own to say", () => {
    const { headers } = answer({ connection: "keep-alive", "content-length": "2", date: "now", etag: '"1"' }, "{}");
    expect(headers).to.deep.equal({ etag: '"1"' });
  });

  const bodies: [type: string, encoding: string | undefined, isBase64Encoded: boolean][] = [
    ["application/json; charset=utf-8", undefined, false],
    ["application/problem+json", undefined, false],
    ["text/html; charset=utf-8", undefined, false],
    ["application/json", "br", true],
    ["application/octet-stream", undefined, true],
    ["image/webp", undefined, true],
  ];
  for (const [type, encoding, isBase64Encoded] of bodies) {
    it(`${isBase64Encoded ? "encodes" : "sends as it is"} a body of ${type}${encoding ? ` in ${encoding}` : ""}`, () => {
      const bytes = Buffer.from("Sjö");
      const result = answer({ "content-type": type, ...(encoding && { "content-encoding": encoding }) }, bytes);
      expect(result.isBase64Encoded).to.equal(isBase64Encoded);
      expect(Buffer.from(result.body, isBase64Encoded ? "base64" : "utf8")).to.deep.equal(bytes);
    });
  }
});

describe("The app behind an HTTP API", () => {
  const known = "a-value-of-the-edge-that-nobody-guesses-1";
  let api: TestApp;
  before(async () => {
    api = await startTestApp({ knowsEdge: async (value) => value === known }, { LATCHKEY_RATE_PER_ADDRESS: "3" });
  });
  after(() => api.close());

  const send = async (event: HttpApiEvent) => resultOf(await api.server.inject(requestOf(event, facts)));

  it("answers under the id of the invocation, or under the client's own", async () => {
    const event = recordedEvent("get-health");
    expect((await send(event)).headers["x-request-id"]).to.equal(requestId);
    const own = { ...event, headers: { ...event.headers, "x-request-id": "client-chosen-1" } };
    expect((await send(own)).headers["x-request-id"]).to.equal("client-chosen-1");
  });

  it("answers a signed-in user's request, body and all", async () => {
    const event = recordedEvent("post-photo");
    const signedIn = { ...event.headers, authorization: `Bearer ${await api.token("olga")}` };
    const result = await send({ ...event, headers: signedIn });
    expect(result.statusCode, result.body).to.equal(201);
    expect(JSON.parse(result.body).photo).to.include({ ownerId: "olga", title: "Sjö" });
  });

  it("answers a preflight itself", async () => {
    const { statusCode, headers, body } = await send(recordedEvent("options-preflight"));
    expect({ statusCode, body }).to.deep.equal({ statusCode: 204, body: "" });
    expect(headers["access-control-allow-origin"]).to.equal("https://photos.example.com");
  });

  it("limits viewers by the address that the edge says, each on its own", async () => {
    const from = (viewer: string) => {
      const event = recordedEvent("options-preflight");
      const headers = { ...event.headers, "x-forwarded-for": `${viewer}, 130.176.98.147` };
      return send({
        ...event,
        rawPath: "/nowhere",
        headers,
        requestContext: { http: { ...event.requestContext.http, method: "GET" } },
      });
    };
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await from("192.0.2.1")).statusCode);
    expect(statuses).to.deep.equal([404, 404, 404, 429]);
    expect((await from("192.0.2.2")).statusCode).to.equal(404);
  });

  for (const [what, value] of [
    ["without the edge's header", undefined],
    ["with a guess at it", "a-value-of-the-edge-that-nobody-guesses-2"],
    ["with an empty one", ""],
  ] as const) {
    for (const path of ["/healthz", "/v1/photos", "/nowhere", "/uppy/sign"]) {
      it(`refuses ${path} ${what}, whoever asks`, async () => {
        const event = recordedEvent("get-health");
        const { "x-origin-verify": _, ...headers } = event.headers;
        const verified = value === undefined ? headers : { ...headers, "x-origin-verify": value };
        const { statusCode, body } = await send({ ...event, rawPath: path, headers: verified });
        expect(statusCode).to.equal(403);
        expect(JSON.parse(body)).to.include({ code: "ORIGIN_NOT_VERIFIED" });
      });
    }
  }
});
