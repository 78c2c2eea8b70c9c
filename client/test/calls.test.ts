import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { createLatchkey, type Latchkey, type LatchkeyOptions, LatchkeyProblem } from "../index.ts";
import { aProblem, type Reply, type ScriptedApi, startScriptedApi } from "./support/scripted-api.ts";

const page = { items: [], nextCursor: null };

describe("A call of the client", () => {
  let api: ScriptedApi;
  let replies: Reply[];
  beforeEach(async () => {
    replies = [];
    api = await startScriptedApi((_asked, count) => replies[count - 1] ?? { body: page });
  });
  afterEach(() => api.close());

  const connect = (options: Partial<LatchkeyOptions> = {}): Latchkey =>
    createLatchkey({ baseUrl: api.url, token: "a-token", ...options });

  async function failureOf(call: Promise<unknown>): Promise<LatchkeyProblem> {
    const error = await call.then(
      () => expect.fail("it did not fail"),
      (reason: unknown) => reason,
    );
    return error instanceof LatchkeyProblem ? error : expect.fail(`it failed with ${error}`);
  }

  it("fills in the path and the query, and says who asks", async () => {
    replies = [{ body: { photo: {} } }, { body: page }];
    const client = connect();
    await client.get("/v1/photos/{photoId}", { params: { path: { photoId: "a/b?c" } } });
    await client.get("/v1/photos", { params: { query: { owner: "me", limit: 7 } } });
    expect(api.asked.map(({ path }) => path)).to.deep.equal(["/v1/photos/a%2Fb%3Fc", "/v1/photos?owner=me&limit=7"]);
    expect(api.asked.map(({ headers }) => headers.authorization)).to.deep.equal(["Bearer a-token", "Bearer a-token"]);
  });

  it("asks for the token anew at every attempt, and sends none when there is none", async () => {
    replies = [{ status: 503, body: aProblem(503, "OVERLOADED") }];
    let count = 0;
    await connect({ token: async () => `token-${++count}` }).get("/v1/photos");
    await createLatchkey({ baseUrl: api.url }).get("/v1/photos");
    const sent = api.asked.map(({ headers }) => headers.authorization);
    expect(sent).to.deep.equal(["Bearer token-1", "Bearer token-2", undefined]);
  });

  it("throws the API's problem with its code, status, request id and time to wait", async () => {
    replies = [{ status: 404, headers: { "retry-after": "3" }, body: aProblem(404, "PHOTO_NOT_FOUND") }];
    const problem = await failureOf(connect().get("/v1/photos"));
    expect(problem).to.include({ code: "PHOTO_NOT_FOUND", status: 404, requestId: "request-1", retryAfter: 3 });
    expect(problem.message).to.equal("PHOTO_NOT_FOUND: detail of PHOTO_NOT_FOUND (PHOTO_NOT_FOUND, request request-1)");
    expect(api.asked).to.have.length(1);
  });

  it("throws a problem for what something else answers, and says so", async () => {
    replies = [{ status: 403, headers: { "x-request-id": "of-a-proxy" }, body: "<html>no</html>" }];
    const problem = await failureOf(connect().get("/v1/photos"));
    expect(problem).to.include({ code: "UNEXPECTED_ANSWER", status: 403, requestId: "of-a-proxy" });
  });

  const transient: [string, Reply][] = [
    ["429", { status: 429, body: aProblem(429, "TOO_MANY_REQUESTS") }],
    ["503", { status: 503, body: aProblem(503, "DEPENDENCY_UNAVAILABLE") }],
    ["a 502 from a proxy", { status: 502, body: "<html>bad gateway</html>" }],
    ["a 409 while the same request is under way", { status: 409, body: aProblem(409, "IDEMPOTENCY_KEY_IN_USE") }],
    ["a connection that drops", "drop"],
    ["an answer that breaks off", "break"],
  ];
  for (const [what, reply] of transient) {
    it(`sends a request again after ${what}, under the same idempotency key if it makes something`, async () => {
      replies = [reply, { body: page }, reply, { status: 201, body: {} }];
      const client = connect();
      expect(await client.get("/v1/photos")).to.deep.equal(page);
      await client.post("/v1/photos", { body: { contentType: "image/jpeg", size: 1 } });
      const keys = api.asked.map(({ headers }) => headers["idempotency-key"]);
      expect(keys.slice(0, 2)).to.deep.equal([undefined, undefined]);
      expect(keys[2]).to.match(/^[0-9a-f]{32}$/);
      expect(keys[3]).to.equal(keys[2]);
      expect(api.asked[3]?.body).to.equal(api.asked[2]?.body);
    });
  }

  it("gives each POST a key of its own, keeps the app's own, and gives none to what makes nothing", async () => {
    const client = connect();
    const body = { contentType: "image/jpeg", size: 1 };
    for (const headers of [{}, {}, { "Idempotency-Key": "of-the-app" }])
      await client.post("/v1/photos", { body, headers });
    const keys = api.asked.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys)).to.have.property("size", 3);
    expect(keys[2]).to.equal("of-the-app");
    await client.post("/v1/urls", { body: { items: [] } });
    expect(api.asked[3]?.headers).not.to.have.property("idempotency-key");
  });

  it("gives no key to an operation that does not say it takes one", async () => {
    const document = JSON.parse(await readFile(new URL("../../api/openapi.json", import.meta.url), "utf8"));
    const posts = Object.entries<{ post?: { parameters?: { name: string }[] } }>(document.paths).filter(
      ([, { post }]) => post,
    );
    for (const [path, { post }] of posts) {
      // Any path of the document, which no type can follow here.
      await connect().post(path as "/v1/urls", { body: { items: [] } });
      const takesKey = post?.parameters?.some(({ name }) => name === "idempotency-key");
      if (!takesKey) expect(api.asked.at(-1)?.headers, path).not.to.have.property("idempotency-key");
    }
    expect(api.asked.some(({ headers }) => headers["idempotency-key"])).to.equal(true);
  });

  it("waits as long as Retry-After says", async () => {
    replies = [{ status: 429, headers: { "retry-after": "1" }, body: aProblem(429, "TOO_MANY_REQUESTS") }];
    const before = performance.now();
    await connect().get("/v1/photos");
    expect(performance.now() - before).to.be.at.least(999);
  });

  it("leaves a wait that is too long to the app", async () => {
    const soon = new Date(Date.now() + 90_000).toUTCString();
    replies = [{ status: 503, headers: { "retry-after": soon }, body: aProblem(503, "OVERLOADED") }];
    const problem = await failureOf(connect().get("/v1/photos"));
    expect(problem.retryAfter).to.be.within(80, 90);
    expect(api.asked).to.have.length(1);
  });

  it("gives up after the last attempt, with what it was told then", async () => {
    replies = Array<Reply>(9).fill({ status: 503, body: aProblem(503, "OVERLOADED") });
    await failureOf(connect({ retry: { attempts: 3 } }).get("/v1/photos"));
    expect(api.asked).to.have.length(3);
    replies = Array<Reply>(9).fill("drop");
    const error = await connect({ retry: { attempts: 1 } })
      .get("/v1/photos")
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
    expect(api.asked).to.have.length(4);
  });

  it("stops when it is aborted: before, while it is under way, and while it waits", async () => {
    const reason = new Error("the user went away");
    const expectAborted = async (call: Promise<unknown>) =>
      expect(await call.catch((error: unknown) => error)).to.equal(reason);

    await expectAborted(connect().get("/v1/photos", { signal: AbortSignal.abort(reason) }));
    expect(api.asked).to.have.length(0);

    const underWay = new AbortController();
    const fetch: typeof globalThis.fetch = (...request) => {
      const answer = globalThis.fetch(...request);
      underWay.abort(reason);
      return answer;
    };
    await expectAborted(connect({ fetch }).get("/v1/photos", { signal: underWay.signal }));

    const waiting = new AbortController();
    const retryAfter = { status: 503, headers: { "retry-after": "30" }, body: aProblem(503, "OVERLOADED") };
    replies = Array<Reply>(9).fill(retryAfter);
    const call = connect().get("/v1/photos", { signal: waiting.signal });
    setTimeout(() => waiting.abort(reason), 50);
    await expectAborted(call);
  });

  it("does not take a fault of the app's own for one of the connection", async () => {
    const fault = new TypeError("no session");
    const token = () => Promise.reject(fault);
    expect(
      await connect({ token })
        .get("/v1/photos")
        .catch((error: unknown) => error),
    ).to.equal(fault);
    expect(api.asked).to.have.length(0);
  });

  it("walks through all pages of a list, asking for each when it gets there", async () => {
    replies = [
      { body: { items: [1, 2], nextCursor: "n" } },
      { body: { items: [], nextCursor: "m" } },
      { body: { items: [3], nextCursor: null } },
    ];
    const list = connect().paginate("/v1/photos", { params: { query: { limit: 2 } } });
    const seen: unknown[] = [(await list.next()).value];
    expect(api.asked).to.have.length(1);
    for await (const item of list) seen.push(item);
    expect(seen).to.deep.equal([1, 2, 3]);
    const [first, ...others] = api.asked.map(({ path }) => path);
    expect(first).to.equal("/v1/photos?limit=2");
    expect(others).to.deep.equal(["/v1/photos?limit=2&cursor=n", "/v1/photos?limit=2&cursor=m"]);
  });

  const nonsense: [string, Partial<LatchkeyOptions>, string][] = [
    ["an address that is none", { baseUrl: "api.example.com" }, "Invalid URL"],
    ["no attempt", { retry: { attempts: 0 } }, "retry.attempts is 0"],
    ["a wait that is no number", { retry: { maxRetryAfterSeconds: Number.NaN } }, "maxRetryAfterSeconds is NaN"],
  ];
  for (const [what, options, message] of nonsense) {
    it(`is refused at once with ${what}`, () => expect(() => connect(options)).to.throw(message));
  }
});
