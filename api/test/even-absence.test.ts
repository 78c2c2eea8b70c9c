import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("The time of an answer that finds nothing", () => {
  const step = 300;
  let test: TestApp;
  let hidden: string;
  before(async () => {
    test = await startTestApp({}, { LATCHKEY_ABSENCE_STEP_MS: String(step) });
    ({ id: hidden } = await test.keep({ ownerId: "olga", status: "ready" }));
  });
  after(() => test.close());

  const urls = (id: string): InjectOptions => ({
    method: "POST",
    url: "/v1/urls",
    payload: { items: [{ photoId: id }] },
  });

  const finding = [
    ["something hidden", () => ({ url: `/v1/photos/${hidden}` })],
    ["something absent", () => ({ url: `/v1/photos/${uuidv7()}` })],
    ["a hidden photo among many", () => urls(hidden)],
    ["an absent photo among many", () => urls(uuidv7())],
    ["no public photo behind a permalink", () => ({ url: `/p/${hidden}/640` })],
  ] satisfies [string, () => InjectOptions][];
  for (const [what, request] of finding) {
    it(`is rounded up for ${what}`, async () => {
      const begun = performance.now();
      expect((await test.ask("fred", request())).body).to.match(/"status":404/);
      expect(performance.now() - begun).to.be.at.least(step);
    });
  }

  it("holds nothing else up", async () => {
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const absent = test.ask("fred", urls(uuidv7())).then(note("absent"));
    const found = test.ask("olga", urls(hidden)).then(note("found"));
    await Promise.all([absent, found]);
    expect(order).to.deep.equal(["found", "absent"]);
  });
});
