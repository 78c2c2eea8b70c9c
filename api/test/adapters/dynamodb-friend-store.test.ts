import { GetItemCommand, TransactionCanceledException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import fc from "fast-check";
import { createDynamoDbFriendStore } from "../../adapters/dynamodb/friend-store.ts";
import { friendKey, type Item, userKey } from "../../adapters/dynamodb/keys.ts";
import { createDynamoDbUserStore } from "../../adapters/dynamodb/user-store.ts";
import {
  ChangedMeanwhileError,
  DependencyUnavailableError,
  InvalidCursorError,
  TooManyFriendsError,
  UserBlockedError,
} from "../../domain/errors.ts";
import { areFriends, ask, block, maxFriends, mirrored, part, strangers, unblock } from "../../domain/friendship.ts";
import type { FriendStore } from "../../domain/ports/friend-store.ts";
import type { UserStore } from "../../domain/ports/user-store.ts";
import { noon } from "../support/a-photo.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

describe("The DynamoDB store of friends", () => {
  let db: TestDynamoDb;
  let store: FriendStore;
  let users: UserStore;
  let now = noon;
  let known = 0;

  /** A user whom no other test knows. */
  function newUser(): string {
    known += 1;
    return `user-${known}`;
  }
  const pair = (): [string, string] => [newUser(), newUser()];
  const friendCount = async (id: string) => (await users.find(id)).friendCount;
  const stored = async (Key: Item) =>
    (await db.client.send(new GetItemCommand({ TableName: db.tableName, Key, ConsistentRead: true }))).Item;

  before(async () => {
    db = await startTestDynamoDb();
    const table = { client: db.client, tableName: db.tableName };
    store = createDynamoDbFriendStore({ ...table, now: () => now });
    users = createDynamoDbUserStore(table);
  });
  after(() => db.close());

  it("finds strangers where nothing is kept", async () => {
    const [olga, rita] = pair();
    expect(await store.find(olga, rita)).to.deep.equal(strangers);
    expect(await store.change(olga, rita, part)).to.equal(undefined);
    expect(await stored(friendKey(olga, rita))).to.equal(undefined);
  });

  it("makes friends of two who ask, each seeing it from their side, and counts them", async () => {
    const [olga, rita] = pair();
    expect(await store.change(olga, rita, ask)).to.deep.equal({ userId: rita, status: "outgoing", since: noon });
    expect(await store.list(rita, "incoming", { limit: 9 })).to.deep.equal({
      items: [{ userId: olga, status: "incoming", since: noon }],
    });
    expect(await friendCount(olga)).to.equal(0);
    expect(await store.change(rita, olga, ask)).to.include({ userId: olga, status: "accepted" });
    expect(areFriends(await store.find(olga, rita))).to.equal(true);
    expect([await friendCount(olga), await friendCount(rita)]).to.deep.equal([1, 1]);
    expect((await store.list(olga, "outgoing", { limit: 9 })).items).to.deep.equal([]);
    expect((await store.list(olga, "accepted", { limit: 9 })).items).to.have.length(1);
  });

  it("writes nothing when nothing changes", async () => {
    const [olga, rita] = pair();
    await store.change(olga, rita, ask);
    const before = await stored(friendKey(olga, rita));
    expect(await store.change(olga, rita, ask)).to.include({ status: "outgoing" });
    expect(await stored(friendKey(olga, rita))).to.deep.equal(before);
  });

  it("ends a friendship for both, and counts that too", async () => {
    const [olga, rita] = pair();
    await store.change(olga, rita, ask);
    await store.change(rita, olga, ask);
    expect(await store.change(rita, olga, part)).to.equal(undefined);
    expect([await friendCount(olga), await friendCount(rita)]).to.deep.equal([0, 0]);
    expect((await store.list(olga, "accepted", { limit: 9 })).items).to.deep.equal([]);
  });

  it("writes nothing when the change refuses", async () => {
    const [olga, rita] = pair();
    const refusal = new UserBlockedError();
    const failed = await store
      .change(olga, rita, () => {
        throw refusal;
      })
      .catch((error: unknown) => error);
    expect(failed).to.equal(refusal);
    expect(await stored(friendKey(olga, rita))).to.equal(undefined);
  });

  it("tells the blocked side nothing, not even by the time", async () => {
    const [olga, rita] = pair();
    await store.change(olga, rita, block);
    expect(await store.change(rita, olga, ask)).to.deep.equal({ userId: olga, status: "outgoing", since: noon });
    expect((await store.list(olga, "incoming", { limit: 9 })).items).to.deep.equal([]);
    now = new Date(noon.getTime() + 60_000);
    await store.change(olga, rita, unblock);
    expect(await store.list(rita, "outgoing", { limit: 9 })).to.deep.equal({
      items: [{ userId: olga, status: "outgoing", since: noon }],
    });
    expect(await store.list(olga, "incoming", { limit: 9 })).to.deep.equal({
      items: [{ userId: rita, status: "incoming", since: now }],
    });
    now = noon;
  });

  it("lists by user id, page by page, with a cursor for that list alone", async () => {
    const olga = newUser();
    const others = Array.from({ length: 5 }, newUser);
    for (const other of others) await store.change(olga, other, ask);
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.list(olga, "outgoing", { limit: 2, cursor });
      listed.push(...page.items.map(({ userId }) => userId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(listed).to.deep.equal([...others].sort());

    const { nextCursor } = await store.list(olga, "outgoing", { limit: 2 });
    for (const [userId, status] of [
      [olga, "accepted"],
      [others[0] ?? "", "outgoing"],
    ] as const) {
      const failed = await store
        .list(userId, status, { limit: 2, cursor: nextCursor })
        .catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(InvalidCursorError);
    }
  });

  it("makes no friendship beyond the most that either may have, and counts none", async () => {
    const [olga, rita] = pair();
    await store.change(olga, rita, ask);
    await db.client.send(
      new UpdateItemCommand({
        TableName: db.tableName,
        Key: userKey(olga),
        UpdateExpression: "SET friendCount = :most",
        ExpressionAttributeValues: { ":most": { N: String(maxFriends) } },
      }),
    );
    const failed = await store.change(rita, olga, ask).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TooManyFriendsError);
    expect(areFriends(await store.find(olga, rita))).to.equal(false);
    expect(await friendCount(rita)).to.equal(0);
    expect(await store.change(rita, olga, block), "a block needs no place").to.include({ status: "blocked" });
  });

  /** Both items alike but for the side, and the counts and lists as the items have it. */
  async function expectAgreement(people: readonly string[]): Promise<void> {
    for (const one of people) {
      const friends: string[] = [];
      for (const other of people.filter((other) => other !== one)) {
        const friendship = await store.find(one, other);
        expect(mirrored(friendship)).to.deep.equal(await store.find(other, one));
        const [mine, theirs] = [await stored(friendKey(one, other)), await stored(friendKey(other, one))];
        expect(mine?.version).to.deep.equal(theirs?.version);
        if (areFriends(friendship)) friends.push(other);
      }
      expect(await friendCount(one)).to.equal(friends.length);
      const { items } = await store.list(one, "accepted", { limit: 9 });
      expect(items.map(({ userId }) => userId)).to.deep.equal(friends.sort());
    }
  }

  it("keeps both sides alike and the counts right, whatever several users do at the same time", async () => {
    const person = fc.nat(2);
    const act = fc.record({ from: person, to: person, change: fc.constantFrom(ask, part, block, unblock) });
    const atTheSameTime = fc.array(act, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(atTheSameTime, { maxLength: 5 }), async (rounds) => {
        const people = [newUser(), newUser(), newUser()];
        const who = (index: number) => people[index] ?? "";
        for (const acts of rounds) {
          const between = acts.filter(({ from, to }) => from !== to);
          await Promise.all(between.map(({ from, to, change }) => store.change(who(from), who(to), change)));
        }
        await expectAgreement(people);
      }),
      { numRuns: 25 },
    );
  });

  it("lets an ask, an answer and a block at the same time end alike on both sides", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [olga, rita] = pair();
      await Promise.all([
        store.change(olga, rita, ask),
        store.change(rita, olga, ask),
        store.change(rita, olga, block),
      ]);
      // A block that comes between the asks leaves the later one standing, and unseen.
      expect((await store.find(olga, rita)).theirs.blocks).to.equal(true);
      await expectAgreement([olga, rita]);
    }
  });

  /** Lets every transaction be cancelled for the reasons given, one for each item; resolves to what a change rejects with. */
  async function changeRefusedBy(...codes: string[]): Promise<{ error: unknown; attempts: number }> {
    let attempts = 0;
    db.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName !== "TransactWriteItemsCommand") return next(args);
          attempts += 1;
          throw new TransactionCanceledException({
            message: "Transaction cancelled",
            $metadata: {},
            CancellationReasons: codes.map((Code) => ({ Code })),
          });
        },
      { step: "initialize", name: "refuse" },
    );
    try {
      const error: unknown = await store.change(newUser(), newUser(), ask).catch((error: unknown) => error);
      return { error, attempts };
    } finally {
      db.client.middlewareStack.remove("refuse");
    }
  }

  for (const code of ["TransactionConflict", "ConditionalCheckFailed"]) {
    it(`tries again after ${code}, and gives up in the end`, async () => {
      const { error, attempts } = await changeRefusedBy("None", code);
      expect(error).to.be.instanceOf(ChangedMeanwhileError);
      expect(attempts).to.be.within(5, 20);
    });
  }

  it("does not try again without the capacity for it", async () => {
    const { error, attempts } = await changeRefusedBy("None", "ThrottlingError");
    expect(error).to.be.instanceOf(DependencyUnavailableError);
    expect(attempts).to.equal(1);
  });

  it("leaves a mistake of its own what it is", async () => {
    const { error, attempts } = await changeRefusedBy("ValidationError", "None");
    expect(error).to.be.instanceOf(TransactionCanceledException);
    expect(attempts).to.equal(1);
  });
});
