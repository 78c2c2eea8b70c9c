import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { prepareSchemas } from "../compilers/prepare.ts";
import { type PreparedSchemas, takePrepared } from "../compilers/prepared.ts";
import { startInertApp } from "../inert-app.ts";
import { evaluate, prepareFunction } from "../prepare.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("What is prepared of the API's function", () => {
  const photoId = "01990b1c-7e4f-7b52-9d6f-3c1f5d0f2a11";
  let prepared: PreparedSchemas;
  let swift: TestApp | undefined;
  let usual: TestApp | undefined;

  before(async () => {
    prepared = await prepare();
    usual = await startTestApp();
    swift = await startTestApp({}, {}, takePrepared(prepared));
  });
  after(() => Promise.all([usual?.close(), swift?.close()]));

  async function prepare(): Promise<PreparedSchemas> {
    const { schemaController, source } = prepareSchemas();
    await (await startInertApp(schemaController)).server.close();
    return evaluate(source());
  }

  const asked: [what: string, status: number, request: InjectOptions][] = [
    ["a reservation", 201, { method: "POST", url: "/v1/photos", payload: { contentType: "image/jpeg", size: 1 } }],
    ["a property too many", 400, { method: "POST", url: "/v1/photos", payload: { size: 1, owner: "olga" } }],
    ["a number as text", 400, { method: "POST", url: "/v1/photos", payload: { size: "1", contentType: "a/b" } }],
    ["a number in a query", 200, { method: "GET", url: "/v1/photos?limit=2" }],
    ["a number in a query that is too large", 400, { method: "GET", url: "/v1/photos?limit=100000" }],
    ["no number in a query", 400, { method: "GET", url: "/v1/photos?limit=two" }],
    ["an id that is none", 400, { method: "GET", url: "/v1/photos/nothing" }],
    ["a photo that nobody has", 404, { method: "GET", url: `/v1/photos/${photoId}` }],
    [
      "a list with items that are wrong",
      200,
      { method: "POST", url: "/v1/urls", payload: { items: [{}, { photoId }] } },
    ],
    ["a list with nothing in it", 400, { method: "POST", url: "/v1/urls", payload: { items: [] } }],
    ["a user", 200, { method: "GET", url: "/v1/me" }],
    ["an album", 201, { method: "POST", url: "/v1/albums", payload: { title: '"Lake" ☃' } }],
    ["a link that nobody made", 404, { method: "GET", url: "/v1/links/nothing" }],
  ];
  for (const [what, status, request] of asked) {
    it(`answers ${what} as an app that compiles at start does`, async () => {
      const [expected, answer] = await Promise.all([usual, swift].map((app) => app?.ask("olga", request)));
      expect([answer?.statusCode, expected?.statusCode]).to.deep.equal([status, status]);
      expect(withoutChance(answer?.body ?? "")).to.equal(withoutChance(expected?.body ?? ""));
    });
  }

  /** Every request and everything made has an id of its own, and signatures differ by it. */
  const withoutChance = (body: string) =>
    body
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "an id")
      .replaceAll(/X-Amz-Signature=[0-9a-f]+/g, "a signature");

  it("names each part of each route that an app compiles at start, and nothing else", async () => {
    const compiled = { validators: new Set<string>(), serializers: new Set<string>() };
    const seen = takePrepared({
      validators: recording(prepared.validators, compiled.validators),
      serializers: recording(prepared.serializers, compiled.serializers),
    });
    await (await startInertApp(seen)).server.close();
    const ofItems = Object.keys(prepared.validators).filter((name) => name.endsWith(" item"));
    expect(ofItems).to.include("POST /v1/urls body item");
    expect([...compiled.validators, ...ofItems].sort()).to.deep.equal(Object.keys(prepared.validators).sort());
    expect([...compiled.serializers].sort()).to.deep.equal(Object.keys(prepared.serializers).sort());
  });

  function recording<T>(table: Readonly<Record<string, T>>, asked: Set<string>): Readonly<Record<string, T>> {
    return new Proxy(table, {
      get(target, name) {
        asked.add(String(name));
        return target[String(name)];
      },
    });
  }

  for (const kind of ["validators", "serializers"] as const) {
    it(`lets no app start that lacks one of its ${kind}`, async () => {
      const [name = "", ...rest] = Object.entries(prepared[kind]).reverse()[0] ?? [];
      expect(rest).to.have.length(1);
      const without = { ...prepared, [kind]: { ...prepared[kind], [name]: undefined } };
      const error = await startInertApp(takePrepared(without as PreparedSchemas)).catch((error: unknown) => error);
      expect(String(error)).to.contain(`The build has compiled nothing for ${name}`);
    });
  }

  it("holds the documents that an app generates when asked for them", async () => {
    const { files } = await prepareFunction();
    for (const [file, url] of [
      ["openapi.json", "/openapi.json"],
      ["docs.html", "/docs"],
    ] as const) {
      const answer = await usual?.server.inject(url);
      expect(answer?.statusCode).to.equal(200);
      expect(files[file]).to.equal(answer?.body);
    }
  });
});
