import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import Fastify from "fastify";
import { DependencyUnavailableError } from "../domain/errors.ts";
import type { PhotoStore, SignatureStore } from "../domain/ports/photo-store.ts";
import { problemDetails } from "../plugins/problem-details.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

/** A store that does nothing but fail as told. */
function failingStore(failure: Error): PhotoStore & SignatureStore {
  const fail = () => Promise.reject(failure);
  return {
    reserve: fail,
    find: fail,
    findMany: fail,
    findKept: fail,
    listByOwner: fail,
    listShared: fail,
    listByAlbum: fail,
    change: fail,
    remove: fail,
    expire: fail,
    findDue: fail,
    keepSignature: fail,
  };
}

const photoId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11";
const reads = [
  { url: "/v1/photos" },
  { url: `/v1/photos/${photoId}` },
  { url: `/p/${photoId}/640` },
  { url: "/readyz" },
  { method: "POST", url: "/v1/urls", payload: { items: [{ photoId }] } },
  { method: "POST", url: "/v1/photos", payload: { contentType: "image/jpeg", size: 1 } },
  { method: "POST", url: `/v1/photos/${photoId}/complete` },
  { method: "POST", url: `/v1/photos/${photoId}/delete-url` },
] as const;

describe("When the store does not answer", () => {
  let test: TestApp;
  before(async () => {
    const cause = new Error("connect ECONNREFUSED 10.0.0.7:443");
    test = await startTestApp({ photos: failingStore(new DependencyUnavailableError("dynamodb", { cause })) });
  });
  after(() => test.close());

  for (const request of reads) {
    it(`${request.url} says when to come again, and nothing about what is down`, async () => {
      const response = await test.ask("olga", request);
      expect(response.statusCode).to.equal(503);
      expect(response.headers["retry-after"]).to.equal("2");
      expect(response.json()).to.include({ status: 503, code: "DEPENDENCY_UNAVAILABLE" });
      expect(response.body).not.to.match(/dynamodb|ECONNREFUSED|10\.0\.0\.7/i);
    });
  }

  it("the log knows what is down", () => {
    expect(test.logged.some((line) => line.includes("connect ECONNREFUSED 10.0.0.7:443"))).to.equal(true);
  });

  it("the process still says that it is alive", async () => {
    expect((await test.ask(undefined, { url: "/healthz" })).json()).to.deep.equal({ status: "ok" });
  });
});

describe("When the API itself is wrong", () => {
  let test: TestApp;
  before(async () => {
    const failure = Object.assign(new Error("item PHOTO#1 has no valid size"), {
      $response: { headers: { authorization: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE" } },
      statusCode: 418,
    });
    test = await startTestApp({ photos: failingStore(failure) });
  });
  after(() => test.close());

  for (const request of reads) {
    it(`${request.url} answers 500 and tells nothing`, async () => {
      const response = await test.ask("olga", request);
      expect(response.statusCode).to.equal(500);
      const { requestId, ...problem } = response.json();
      expect(requestId).to.equal(response.headers["x-request-id"]);
      expect(problem).to.deep.equal({
        type: "urn:latchkey:problem:internal",
        title: "Something went wrong here",
        status: 500,
        detail: "The log knows more",
        code: "INTERNAL",
      });
    });
  }

  it("the log has the error and where it came from, and nothing that the error carries along", () => {
    const lines = test.logged.filter((line) => line.includes("item PHOTO#1 has no valid size"));
    expect(lines).to.have.length(reads.length);
    for (const line of lines) {
      expect(JSON.parse(line).err).to.have.all.keys("type", "message", "stack");
      expect(line).not.to.include("AKIDEXAMPLE");
    }
  });
});

describe("When the process is too busy", () => {
  it("answers 503, says when to come again", async () => {
    const server = Fastify();
    await server.register(problemDetails);
    server.get("/", async () => {
      throw Object.assign(new Error("Service Unavailable"), { code: "FST_UNDER_PRESSURE", statusCode: 503 });
    });
    const response = await server.inject("/");
    expect(response.statusCode).to.equal(503);
    expect(response.headers["retry-after"]).to.equal("5");
    expect(response.json()).to.include({ code: "OVERLOADED" });
  });
});

describe("What is not even a request", () => {
  let test: TestApp;
  let port: number;
  before(async () => {
    test = await startTestApp();
    port = Number(new URL(await test.server.listen({ host: "127.0.0.1", port: 0 })).port);
  });
  after(() => test.close());

  const cases: [string, string, number, string][] = [
    ["noise", "hello there\r\n\r\n", 400, "INVALID_REQUEST"],
    ["headers without end", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(20_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"],
  ];
  for (const [title, sent, status, code] of cases) {
    it(`such as ${title} is answered by ${status}, and the connection ends`, async () => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(sent);
      const answer = (await socket.toArray()).join("");
      expect(answer)
        .to.match(new RegExp(`^HTTP/1.1 ${status} `))
        .and.include("content-type: application/problem+json");
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).to.include({ status, code });
    });
  }

  it("and a body that breaks off with its connection is the client's doing, not ours", async () => {
    const token = await test.token("olga");
    const head = `POST /v1/photos HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json`;
    const socket = connect(port, "127.0.0.1");
    // A known token needs no issuer, so that the API reads the body in the turn in which the request arrives.
    await test.server.inject({ url: "/v1/photos", headers: { authorization: `Bearer ${token}` } });
    const begun = once(test.server.server, "request");
    socket.write(`${head}\r\nx-request-id: broken-off\r\ncontent-length: 100\r\n\r\n{"size":`);
    await begun;
    await turn();
    socket.destroy();
    const isLogged = () => test.logged.some((line) => line.includes("broken-off"));
    for (let turns = 0; turns < 100_000 && !isLogged(); turns += 1) await turn();
    const line = test.logged.find((each) => each.includes("broken-off"));
    expect(JSON.parse(line ?? "{}")).to.include({ level: 30, msg: "request refused" });
  });
});
