import { expect } from "chai";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("A profile", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  const view = (userId: string) => test.ask(userId, { url: "/v1/me" });
  const change = (userId: string, payload: object) => test.ask(userId, { method: "PATCH", url: "/v1/me", payload });

  it("of somebody new has nothing in it but the quota", async () => {
    const response = await view("nina");
    expect(response.statusCode).to.equal(200);
    const { user, quota, used, friendCount } = response.json();
    expect(user).to.deep.equal({ id: "nina", displayName: null, groups: [] });
    expect(quota.bytes).to.be.greaterThan(0);
    expect(quota.photos).to.be.greaterThan(0);
    expect(used).to.deep.equal({ bytes: 0, photos: 0 });
    expect(friendCount).to.equal(0);
  });

  it("counts what was reserved", async () => {
    const payload = { contentType: "image/jpeg", size: 1234 };
    await test.ask("olga", { method: "POST", url: "/v1/photos", payload });
    expect((await view("olga")).json().used).to.deep.equal({ bytes: 1234, photos: 1 });
  });

  it("takes a name in one form of Unicode, and gives it up again", async () => {
    expect((await change("rita", { displayName: "O\u0308da" })).json().user.displayName).to.equal("\u00d6da");
    expect((await view("rita")).json().user.displayName).to.equal("\u00d6da");
    expect((await change("rita", { displayName: null })).json().user.displayName).to.equal(null);
  });

  const bad: [string, object][] = [
    ["nothing at all", {}],
    ["an empty name", { displayName: "" }],
    ["81 characters", { displayName: "x".repeat(81) }],
    ["control characters", { displayName: "a\u0000b" }],
    ["a line break", { displayName: "a\nb" }],
    ["marks that turn the direction of text", { displayName: "a\u202eb" }],
    ["half a character", { displayName: "a\ud800" }],
    ["a number", { displayName: 5 }],
    ["what only the platform counts", { displayName: "Olga", friendCount: 9 }],
  ];
  for (const [title, payload] of bad) {
    it(`refuses ${title}, and changes nothing`, async () => {
      const before = (await view("sven")).json();
      expect((await change("sven", payload)).json()).to.include({ status: 400, code: "INVALID_REQUEST" });
      expect((await view("sven")).json()).to.deep.equal(before);
    });
  }
});
