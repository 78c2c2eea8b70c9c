import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { createStores } from "../../compose/stores.ts";
import { InvalidCursorError } from "../../domain/errors.ts";
import type { ShareLink } from "../../domain/share-link.ts";
import { noon } from "../support/a-photo.ts";
import { startTestDynamoDb, type TestDynamoDb } from "../support/dynamodb.ts";

describe("The DynamoDB store of share links", () => {
  let db: TestDynamoDb;
  let links: ReturnType<typeof createStores>["links"];
  let now = noon;
  const tokenHash = new Uint8Array(32).fill(7);

  before(async () => {
    db = await startTestDynamoDb();
    ({ links } = createStores({ client: db.client, tableName: db.tableName, now: () => now }));
  });
  after(() => db.close());
  afterEach(() => {
    now = noon;
  });

  async function newLink(overrides: Partial<ShareLink> = {}, passwordHash?: string): Promise<ShareLink> {
    const link: ShareLink = {
      id: uuidv7(),
      creatorId: "olga",
      target: { photoId: uuidv7() },
      allowDownload: false,
      hasPassword: passwordHash !== undefined,
      expiresAt: new Date(noon.getTime() + 3_600_000),
      createdAt: noon,
      uses: 0,
      ...overrides,
    };
    await links.create(link, passwordHash === undefined ? { tokenHash } : { tokenHash, passwordHash });
    return link;
  }

  const variants: [string, Partial<ShareLink>, string?][] = [
    ["a photo", {}],
    ["an album", { target: { albumId: uuidv7() }, allowDownload: true }],
    ["a photo behind a password", {}, "$scrypt$"],
  ];
  for (const [what, overrides, passwordHash] of variants) {
    it(`keeps a link to ${what} as it was made`, async () => {
      const link = await newLink(overrides, passwordHash);
      const found = await links.find(link.id);
      expect(found?.link).to.deep.equal(link);
      expect(found && Buffer.from(found.secrets.tokenHash).equals(tokenHash)).to.equal(true);
      expect(found?.secrets.passwordHash).to.equal(passwordHash);
    });
  }

  it("counts every use, however many open it at the same time", async () => {
    const { id } = await newLink();
    await Promise.all(Array.from({ length: 20 }, () => links.countUse(id)));
    expect((await links.find(id))?.link.uses).to.equal(20);
  });

  it("forgets a link that is removed, and does not bring it back by counting", async () => {
    const { id } = await newLink({ creatorId: "rosa" });
    expect(await links.remove(id, "rosa")).to.equal(true);
    await links.countUse(id);
    expect(await links.countAttempt(id)).to.equal(0);
    expect(await links.find(id)).to.equal(undefined);
    expect(await links.remove(id, "rosa")).to.equal(false);
  });

  it("leaves a link to its creator", async () => {
    const { id } = await newLink({ creatorId: "rosa" });
    expect(await links.remove(id, "emil")).to.equal(false);
    expect(await links.find(id)).not.to.equal(undefined);
  });

  it("finds and lists a link until the moment that it expires", async () => {
    const { id, expiresAt } = await newLink({ creatorId: "emil" });
    now = new Date(expiresAt.getTime() - 1);
    expect((await links.listByCreator("emil", { limit: 9 })).items).to.have.length(1);
    now = expiresAt;
    expect(await links.find(id)).to.equal(undefined);
    expect((await links.listByCreator("emil", { limit: 9 })).items).to.deep.equal([]);
  });

  it("gives ten attempts at the same time, and one more every 90 seconds", async () => {
    const { id } = await newLink();
    const waits = await Promise.all(Array.from({ length: 30 }, () => links.countAttempt(id)));
    expect(waits.filter((seconds) => seconds === 0)).to.have.length(10);
    expect(await links.countAttempt(id)).to.equal(90);
    now = new Date(noon.getTime() + 30_500);
    expect(await links.countAttempt(id)).to.equal(60);
    now = new Date(noon.getTime() + 90_000);
    expect(await links.countAttempt(id)).to.equal(0);
    expect(await links.countAttempt(id)).to.equal(90);
    now = new Date(noon.getTime() + 3_000_000);
    const again = [];
    for (let attempt = 0; attempt < 11; attempt += 1) again.push(await links.countAttempt(id));
    expect(again).to.deep.equal([...Array(10).fill(0), 90]);
  });

  it("lists newest first, by a cursor that opens no other list", async () => {
    const made = [];
    for (let n = 0; n < 3; n += 1) made.push((await newLink({ creatorId: "lena" })).id);
    const first = await links.listByCreator("lena", { limit: 2 });
    const rest = await links.listByCreator("lena", { limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ id }) => id)).to.deep.equal(made.toReversed());
    const failed = await links
      .listByCreator("olga", { limit: 2, cursor: first.nextCursor })
      .catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(InvalidCursorError);
  });
});
