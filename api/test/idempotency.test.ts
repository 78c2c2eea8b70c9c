import { hash, randomUUID } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import type { LightMyRequestResponse } from "fastify";
import { DependencyUnavailableError } from "../domain/errors.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const jpeg = { contentType: "image/jpeg", size: 1000 };

describe("A POST with an Idempotency-Key", () => {
  let api: TestApp;

  before(async () => {
    api = await startTestApp({}, { LATCHKEY_COOKIE_DOMAIN: "example.com" });
  });
  after(() => api.close());

  interface Sent {
    readonly key: string;
    readonly url?: string;
    readonly payload?: object;
    readonly as?: string;
  }
  const post = ({ key, url = "/v1/photos", payload = jpeg, as = "ida" }: Sent) =>
    api.ask(as, { method: "POST", url, payload, headers: { "idempotency-key": key } });
  const isReplayed = ({ headers }: LightMyRequestResponse) => headers["idempotency-replayed"] === "true";
  const photosOf = async (user: string): Promise<number> => (await api.ask(user, { url: "/v1/me" })).json().used.photos;

  const makers: Readonly<Record<string, { url: string; payload: object }>> = {
    "a photo": { url: "/v1/photos", payload: jpeg },
    "photos in bulk": { url: "/v1/photos/bulk", payload: { items: [jpeg, { ...jpeg, size: 0 }, jpeg] } },
    "an album": { url: "/v1/albums", payload: { title: "Lake" } },
  };

  for (const [what, maker] of Object.entries(makers)) {
    it(`makes ${what} once, and answers the same to the byte when it comes again`, async () => {
      const key = randomUUID();
      const first = await post({ key, ...maker });
      const second = await post({ key, ...maker });
      expect(first.statusCode).to.be.oneOf([200, 201]);
      expect([isReplayed(first), isReplayed(second)]).to.deep.equal([false, true]);
      expect(second.statusCode).to.equal(first.statusCode);
      expect(second.body).to.equal(first.body);
      expect(second.headers["content-type"]).to.equal(first.headers["content-type"]);
      expect(second.headers["x-request-id"]).not.to.equal(first.headers["x-request-id"]);
    });
  }

  it("makes one photo of twenty that come at once", async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ key, as: "parallel" })));
    const busy = answers.filter(({ statusCode }) => statusCode === 409);
    for (const answer of busy) {
      expect(answer.json().code).to.equal("IDEMPOTENCY_KEY_IN_USE");
      expect(answer.headers["retry-after"]).to.equal("1");
    }
    const made = answers.filter(({ statusCode }) => statusCode === 201);
    expect(new Set(made.map(({ body }) => body)).size).to.equal(1);
    expect(made.length + busy.length).to.equal(20);
    expect(await photosOf("parallel")).to.equal(1);
    expect(isReplayed(await post({ key, as: "parallel" }))).to.equal(true);
  });

  it("is refused with another body, or at another place, and does nothing then", async () => {
    const key = randomUUID();
    await post({ key, as: "rena" });
    const others = [
      await post({ key, as: "rena", payload: { ...jpeg, size: 1001 } }),
      await post({ key, as: "rena", url: "/v1/photos/bulk", payload: { items: [jpeg] } }),
    ];
    for (const other of others) {
      expect(other.statusCode).to.equal(409);
      expect(other.json().code).to.equal("IDEMPOTENCY_KEY_REUSED");
    }
    expect(await photosOf("rena")).to.equal(1);
  });

  it("is another request when another user sends it", async () => {
    const key = randomUUID();
    const [one, other] = [await post({ key, as: "one" }), await post({ key, as: "other" })];
    expect(isReplayed(other)).to.equal(false);
    expect(other.json().photo.id).not.to.equal(one.json().photo.id);
  });

  it("leaves nothing in the table by which a guess at a link's password could be checked without the key", async () => {
    const payload = { target: { photoId: randomUUID() }, password: "a-password-to-guess" };
    for (const key of [randomUUID(), randomUUID()]) await post({ key, url: "/v1/links", payload, as: "guessed" });
    const { client, tableName } = api.database;
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    const prints = Items.flatMap(({ fingerprint }) =>
      fingerprint?.B ? [Buffer.from(fingerprint.B).toString("hex")] : [],
    );
    expect(prints).to.have.length.greaterThan(1);
    expect(new Set(prints)).to.have.property("size", prints.length);
    expect(prints).not.to.include(hash("sha256", JSON.stringify(["POST", "/v1/links", payload])));
  });

  it("has its refusals kept too", async () => {
    const key = randomUUID();
    const payload = { ...jpeg, contentType: "text/html" };
    const [first, second] = [await post({ key, payload }), await post({ key, payload })];
    expect(first.statusCode).to.equal(415);
    expect(isReplayed(second)).to.equal(true);
    expect(second.body).to.equal(first.body);
    expect(second.headers["content-type"]).to.equal(first.headers["content-type"]);
  });

  it("is done anew where the answer was that something is not so yet", async () => {
    const photo = await api.keep({ ownerId: "ida", status: "processing" });
    const [key, payload] = [randomUUID(), { photoId: photo.id }];
    const first = await post({ key, url: "/v1/cookies", payload });
    expect(first.json().code).to.equal("PHOTO_NOT_READY");
    expect(isReplayed(await post({ key, url: "/v1/cookies", payload }))).to.equal(false);
  });

  it("sets the same cookies again", async () => {
    const photo = await api.keep({ ownerId: "ida", status: "ready" });
    const [key, payload] = [randomUUID(), { photoId: photo.id }];
    const [first, second] = [
      await post({ key, url: "/v1/cookies", payload }),
      await post({ key, url: "/v1/cookies", payload }),
    ];
    expect(isReplayed(second)).to.equal(true);
    expect(second.headers["set-cookie"]).to.have.length(4).and.deep.equal(first.headers["set-cookie"]);
  });

  it("has an answer of a thousand reservations kept whole", async () => {
    const key = randomUUID();
    const sent = { key, as: "bulk", url: "/v1/photos/bulk", payload: { items: Array(1000).fill(jpeg) } };
    const [first, second] = [await post(sent), await post(sent)];
    expect(first.json().items).to.have.length(1000);
    expect(isReplayed(second)).to.equal(true);
    expect(second.body === first.body).to.equal(true);
    expect(await photosOf("bulk")).to.equal(1000);
  });

  it("is forgotten after 24 hours, and not before", async () => {
    const key = randomUUID();
    const first = await post({ key, as: "late" });
    // The clock is not put back afterwards: the API's rate limits, as time itself, only know it to go on.
    const start = api.now.getTime();
    api.now = new Date(start + 24 * 3_600_000 - 1000);
    expect((await post({ key, as: "late" })).body).to.equal(first.body);
    api.now = new Date(start + 24 * 3_600_000);
    const anew = await post({ key, as: "late" });
    expect(isReplayed(anew)).to.equal(false);
    expect(anew.json().photo.id).not.to.equal(first.json().photo.id);
  });

  const badKeys: Readonly<Record<string, string>> = {
    empty: "",
    "longer than 255 characters": "k".repeat(256),
    "with a space": "two words",
    "with characters beyond ASCII": "schlüssel",
  };
  for (const [what, key] of Object.entries(badKeys)) {
    it(`is refused when the key is ${what}`, async () => {
      const answer = await post({ key });
      expect(answer.statusCode).to.equal(400);
      expect(answer.json().errors[0].path).to.equal("/idempotency-key");
    });
  }

  it("is what every POST of /v1 behind sign-in takes, and says so", async () => {
    const { paths } = (await api.ask(undefined, { url: "/openapi.json" })).json();
    // Uppy's own protocols know no such header.
    const posts = api.routes.filter(
      ({ method, url }) => method === "POST" && url.startsWith("/v1/") && url !== "/v1/links/:link",
    );
    expect(posts.length).to.be.greaterThan(8);
    for (const { url } of posts) {
      const { parameters = [], responses } = paths[url.replace(/:(\w+)/g, "{$1}")].post;
      const names = parameters.map(({ name }: { name: string }) => name);
      expect(names, url).to.include("idempotency-key");
      const examples = Object.keys(responses[409].content["application/problem+json"].examples);
      expect(examples, url).to.include.members(["IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_USE"]);
    }
  });

  describe("when the table fails", () => {
    const failing = () => Promise.reject(new DependencyUnavailableError("dynamodb"));

    it("before the work, does nothing and says when to come again", async () => {
      const broken = await startTestApp({ answers: { begin: failing } });
      try {
        const headers = { "idempotency-key": randomUUID() };
        const answer = await broken.ask("ida", { method: "POST", url: "/v1/photos", payload: jpeg, headers });
        expect(answer.statusCode).to.equal(503);
        expect(answer.headers).to.have.property("retry-after");
        expect((await broken.ask("ida", { url: "/v1/me" })).json().used.photos).to.equal(0);
      } finally {
        await broken.close();
      }
    });

    it("after the work, answers all the same, and tells the log", async () => {
      const broken = await startTestApp(
        { answers: { begin: async () => ({ keep: failing, release: failing }) } },
        { LATCHKEY_LOG_LEVEL: "error" },
      );
      try {
        const headers = { "idempotency-key": randomUUID() };
        const answer = await broken.ask("ida", { method: "POST", url: "/v1/photos", payload: jpeg, headers });
        expect(answer.statusCode).to.equal(201);
        expect(broken.logged.join("")).to.include("answer not kept").and.not.include(headers["idempotency-key"]);
      } finally {
        await broken.close();
      }
    });
  });
});
