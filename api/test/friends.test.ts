import { expect } from "chai";
import {
  ChangedMeanwhileError,
  DependencyUnavailableError,
  type DomainError,
  TooManyFriendsError,
} from "../domain/errors.ts";
import { maxFriends } from "../domain/friendship.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("Friends", () => {
  let test: TestApp;
  let known = 0;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  /** Two users whom no other test knows. */
  function pair(): [string, string] {
    known += 2;
    return [`user-${known}`, `user-${known + 1}`];
  }
  const ask = (from: string, to: string) => test.ask(from, { method: "PUT", url: `/v1/friends/${to}` });
  const part = (from: string, to: string) => test.ask(from, { method: "DELETE", url: `/v1/friends/${to}` });
  const block = (from: string, to: string) => test.ask(from, { method: "PUT", url: `/v1/blocks/${to}` });
  const unblock = (from: string, to: string) => test.ask(from, { method: "DELETE", url: `/v1/blocks/${to}` });
  const list = async (userId: string, query = "") => (await test.ask(userId, { url: `/v1/friends${query}` })).json();
  const rename = (userId: string, displayName: string) =>
    test.ask(userId, { method: "PATCH", url: "/v1/me", payload: { displayName } });

  async function befriend(one: string, other: string): Promise<void> {
    await ask(one, other);
    await ask(other, one);
  }

  it("ask and accept, as often as they like", async () => {
    const [olga, rita] = pair();
    for (const attempt of [1, 2]) {
      const asked = await ask(olga, rita);
      expect(asked.statusCode, `attempt ${attempt}`).to.equal(200);
      expect(asked.json().friend).to.deep.include({ userId: rita, status: "outgoing", displayName: null });
    }
    expect((await list(rita, "?status=incoming")).items).to.have.length(1);
    for (const attempt of [1, 2]) {
      expect((await ask(rita, olga)).json().friend.status, `attempt ${attempt}`).to.equal("accepted");
    }
    for (const userId of [olga, rita]) {
      expect((await list(userId)).items, userId).to.have.length(1);
      expect((await test.ask(userId, { url: "/v1/me" })).json().friendCount, userId).to.equal(1);
    }
  });

  it("show their names once one of them asks the other, and not before", async () => {
    const [olga, rita] = pair();
    await rename(olga, "Olga");
    await rename(rita, "Rita");
    expect((await ask(olga, rita)).json().friend.displayName).to.equal(null);
    const [incoming] = (await list(rita, "?status=incoming")).items;
    expect(incoming).to.include({ userId: olga, displayName: "Olga" });
    expect((await ask(rita, olga)).json().friend.displayName).to.equal("Olga");
    const [accepted] = (await list(olga)).items;
    expect(accepted).to.include({ userId: rita, displayName: "Rita" });
  });

  for (const [title, prepare] of [
    ["declined", (one: string, other: string) => ask(other, one)],
    ["withdrawn", (one: string, other: string) => ask(one, other)],
    ["ended", befriend],
    ["not there at all", async () => undefined],
  ] as const) {
    it(`are parted when it is ${title}, any number of times`, async () => {
      const [olga, rita] = pair();
      await prepare(olga, rita);
      for (const attempt of [1, 2]) expect((await part(olga, rita)).statusCode, `attempt ${attempt}`).to.equal(204);
      for (const userId of [olga, rita]) {
        for (const status of ["accepted", "incoming", "outgoing"]) {
          expect((await list(userId, `?status=${status}`)).items, `${userId}'s ${status}`).to.deep.equal([]);
        }
        expect((await test.ask(userId, { url: "/v1/me" })).json().friendCount).to.equal(0);
      }
    });
  }

  it("answer somebody who is blocked exactly as if nobody had answered yet", async () => {
    const [olga, rita] = pair();
    const [stranger] = pair();
    await block(olga, rita);
    const blocked = (await ask(rita, olga)).json();
    const unanswered = (await ask(rita, stranger)).json();
    expect({ ...blocked.friend, userId: stranger }).to.deep.equal(unanswered.friend);
    expect((await list(olga, "?status=incoming")).items).to.deep.equal([]);
    const outgoing = (await list(rita, "?status=outgoing")).items;
    expect(outgoing.map(({ status }: { status: string }) => status)).to.deep.equal(["outgoing", "outgoing"]);
  });

  it("can't be asked while one blocks them, and it says how to mend that", async () => {
    const [olga, rita] = pair();
    await block(olga, rita);
    const refused = (await ask(olga, rita)).json();
    expect(refused).to.include({ status: 409, code: "USER_BLOCKED" });
    expect(refused.detail).to.contain("DELETE /v1/blocks/");
    expect((await unblock(olga, rita)).statusCode).to.equal(204);
    expect((await ask(olga, rita)).json().friend.status).to.equal("outgoing");
  });

  it("are no friends any more once one blocks the other, nor when the block is lifted", async () => {
    const [olga, rita] = pair();
    await befriend(olga, rita);
    for (const attempt of [1, 2]) expect((await block(olga, rita)).statusCode, `attempt ${attempt}`).to.equal(204);
    const blocks = (await test.ask(olga, { url: "/v1/blocks" })).json();
    expect(blocks.items).to.deep.equal([{ userId: rita, since: test.now.toISOString() }]);
    expect((await test.ask(rita, { url: "/v1/blocks" })).json().items).to.deep.equal([]);
    await unblock(olga, rita);
    for (const userId of [olga, rita]) expect((await list(userId)).items).to.deep.equal([]);
  });

  it("agree, however an ask and a block from both sides cross", async () => {
    const [olga, rita] = pair();
    const answers = await Promise.all([ask(olga, rita), ask(rita, olga), block(rita, olga), ask(olga, rita)]);
    for (const { statusCode } of answers) expect(statusCode).to.be.oneOf([200, 204, 409]);
    const blocked = (await test.ask(rita, { url: "/v1/blocks" })).json().items;
    expect(blocked).to.have.length(1);
    for (const userId of [olga, rita]) expect((await list(userId)).items).to.deep.equal([]);
  });

  it("are listed page by page, with a cursor for that list alone", async () => {
    const [olga, rita] = pair();
    const others = ["a", "b", "c"].map((letter) => `${olga}-${letter}`);
    for (const other of others) await ask(olga, other);
    const first = await list(olga, "?status=outgoing&limit=2");
    const second = await list(olga, `?status=outgoing&limit=2&cursor=${first.nextCursor}`);
    const listed = [...first.items, ...second.items].map(({ userId }: { userId: string }) => userId);
    expect(listed).to.deep.equal(others);
    expect(second.nextCursor).to.equal(null);
    for (const [userId, path] of [
      [olga, "friends?status=incoming&"],
      [olga, "blocks?"],
      [olga, "feed?"],
      [rita, "friends?status=outgoing&"],
    ] as const) {
      const refused = await test.ask(userId, { url: `/v1/${path}cursor=${first.nextCursor}` });
      expect(refused.json(), path).to.include({ status: 400, code: "INVALID_CURSOR" });
    }
  });

  describe("refuse", () => {
    const badIds: [string, string, number][] = [
      ["control characters", "a%00b", 400],
      ["a line break", "a%0Ab", 400],
      ["what separates keys", "a%23b", 400],
      ["a slash", "a%2Fb", 400],
      ["two dots", "%2E%2E", 404],
      ["letters beyond ASCII", "%C3%B6", 400],
      ["an id without end", "x".repeat(10_000), 400],
    ];
    for (const [title, id, status] of badIds) {
      it(`${title} as an id, in every route`, async () => {
        for (const [method, path] of [
          ["PUT", "friends"],
          ["DELETE", "friends"],
          ["PUT", "blocks"],
          ["DELETE", "blocks"],
        ] as const) {
          const refused = await test.ask("olga", { method, url: `/v1/${path}/${id}` });
          expect(refused.statusCode, `${method} ${path}`).to.equal(status);
        }
      });
    }

    it("oneself", async () => {
      for (const refused of [
        await ask("olga", "olga"),
        await part("olga", "olga"),
        await block("olga", "olga"),
        await unblock("olga", "olga"),
      ]) {
        expect(refused.json()).to.include({ status: 400, code: "OWN_FRIENDSHIP" });
      }
    });

    for (const query of [
      "?status=blocked",
      "?status=",
      "?limit=0",
      "?limit=201",
      "?cursor=x",
      `?cursor=${"x".repeat(5000)}`,
      "?of=rita",
    ]) {
      it(`the query ${query.slice(0, 20)}`, async () => {
        expect((await test.ask("olga", { url: `/v1/friends${query}` })).statusCode).to.equal(400);
      });
    }
  });

  it("take an id as long as any issuer makes them", async () => {
    const [olga] = pair();
    const longest = `auth0|${"x".repeat(122)}`;
    expect((await ask(olga, encodeURIComponent(longest))).json().friend.userId).to.equal(longest);
  });

  /** Only the first can make a friend, and so one too many. */
  const acts = [
    ["PUT", "/v1/friends/rita"],
    ["DELETE", "/v1/friends/rita"],
    ["PUT", "/v1/blocks/rita"],
    ["DELETE", "/v1/blocks/rita"],
  ] as const;
  const failures: [string, DomainError, number][] = [
    ["there is no place for another", new TooManyFriendsError(maxFriends), 413],
    ["others keep changing it", new ChangedMeanwhileError(), 409],
    ["the store is down", new DependencyUnavailableError("dynamodb"), 503],
  ];
  for (const [title, error, status] of failures) {
    it(`say so when ${title}, to whichever act`, async () => {
      const failing = await startTestApp({
        friends: { ...test.stores.friends, change: () => Promise.reject(error) },
      });
      for (const [method, url] of status === 413 ? acts.slice(0, 1) : acts) {
        const answer = (await failing.ask("olga", { method, url })).json();
        expect(answer, `${method} ${url}`).to.include({ status, code: error.code, detail: error.message });
      }
      await failing.close();
    });
  }
});
