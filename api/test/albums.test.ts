import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("Albums", () => {
  let api: TestApp;

  before(async () => {
    api = await startTestApp();
  });
  after(() => api.close());

  async function newAlbum(owner = "olga", title = "Lake"): Promise<string> {
    const answer = await api.ask(owner, { method: "POST", url: "/v1/albums", payload: { title } });
    expect(answer.statusCode, answer.body).to.equal(201);
    return answer.json().album.id;
  }
  const put = (as: string, album: string, userId: string, role: string) =>
    api.ask(as, { method: "PUT", url: `/v1/albums/${album}/members/${userId}`, payload: { role } });
  const remove = (as: string, album: string, userId: string) =>
    api.ask(as, { method: "DELETE", url: `/v1/albums/${album}/members/${userId}` });
  const view = (as: string, album: string) => api.ask(as, { method: "GET", url: `/v1/albums/${album}` });

  /** olga's, with rita to manage, carl to contribute and vera to view. */
  async function staffedAlbum(): Promise<string> {
    const album = await newAlbum();
    for (const [userId, role] of [
      ["rita", "manager"],
      ["carl", "contributor"],
      ["vera", "viewer"],
    ] as const) {
      expect((await put("olga", album, userId, role)).statusCode).to.equal(200);
    }
    return album;
  }

  it("are made, listed newest first, seen, renamed and deleted by their owner", async () => {
    const first = await newAlbum("anna", "Cafe\u0301");
    const second = await newAlbum("anna", "Hills");
    const { items } = (await api.ask("anna", { method: "GET", url: "/v1/albums" })).json();
    expect(items.map(({ id }: { id: string }) => id)).to.deep.equal([second, first]);
    expect((await view("anna", first)).json().album).to.deep.equal({
      id: first,
      ownerId: "anna",
      title: "Caf\u00e9",
      role: "owner",
      photoCount: 0,
      memberCount: 1,
      createdAt: noon.toISOString(),
    });
    const renamed = await api.ask("anna", { method: "PATCH", url: `/v1/albums/${first}`, payload: { title: "Bar" } });
    expect(renamed.json().album.title).to.equal("Bar");
    expect((await api.ask("anna", { method: "DELETE", url: `/v1/albums/${first}` })).statusCode).to.equal(204);
    expect((await view("anna", first)).statusCode).to.equal(404);
    expect((await api.ask("anna", { method: "GET", url: "/v1/albums" })).json().items).to.have.length(1);
  });

  it("are listed page by page, by a cursor that opens no other list", async () => {
    const albums = [await newAlbum("petra"), await newAlbum("petra"), await newAlbum("petra")];
    const page = (await api.ask("petra", { method: "GET", url: "/v1/albums?limit=2" })).json();
    const rest = await api.ask("petra", { method: "GET", url: `/v1/albums?limit=2&cursor=${page.nextCursor}` });
    const listed = [...page.items, ...rest.json().items].map(({ id }: { id: string }) => id);
    expect(listed).to.deep.equal(albums.toReversed());
    expect(rest.json().nextCursor).to.equal(null);
    const stranger = await api.ask("olga", { method: "GET", url: `/v1/albums?cursor=${page.nextCursor}` });
    expect(stranger.json().code).to.equal("INVALID_CURSOR");
  });

  for (const [what, title] of [
    ["nothing", ""],
    ["more than 200 characters", "x".repeat(201)],
    ["a control character", "a\u0007b"],
    ["a line separator", "a\u2028b"],
    ["half a character", "a\ud800"],
    ["a mark that turns the direction of text", "a\u202eb"],
  ] as const) {
    it(`can't be named by ${what}`, async () => {
      const answer = await api.ask("olga", { method: "POST", url: "/v1/albums", payload: { title } });
      expect(answer.json().code).to.equal("INVALID_REQUEST");
    });
  }

  it("list their members by user id, the owner among them", async () => {
    const album = await staffedAlbum();
    const { items } = (await api.ask("vera", { method: "GET", url: `/v1/albums/${album}/members` })).json();
    expect(items.map(({ userId, role }: { userId: string; role: string }) => `${userId} ${role}`)).to.deep.equal([
      "carl contributor",
      "olga owner",
      "rita manager",
      "vera viewer",
    ]);
    expect((await view("vera", album)).json().album).to.include({ role: "viewer", memberCount: 4 });
  });

  const refusals: [
    title: string,
    as: string,
    method: "GET" | "PATCH" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ][] = [
    ["a stranger who looks", "sven", "GET", ""],
    ["a stranger who lists photos", "sven", "GET", "/photos"],
    ["a stranger who lists members", "sven", "GET", "/members"],
    ["a stranger who dismisses themself", "sven", "DELETE", "/members/sven"],
    ["a stranger who joins", "sven", "PUT", "/members/sven", { role: "viewer" }],
    ["a viewer who renames", "vera", "PATCH", "", { title: "Mine" }],
    ["a contributor who appoints", "carl", "PUT", "/members/sven", { role: "viewer" }],
    ["a contributor who promotes themself", "carl", "PUT", "/members/carl", { role: "manager" }],
    ["a contributor who dismisses a viewer", "carl", "DELETE", "/members/vera"],
    ["a contributor who asks who is no member", "carl", "DELETE", "/members/sven"],
    ["a manager who deletes", "rita", "DELETE", ""],
    ["a manager who dismisses the owner", "rita", "DELETE", "/members/olga"],
    ["a manager who demotes the owner", "rita", "PUT", "/members/olga", { role: "viewer" }],
    ["a manager who demotes themself, being as high as themself", "rita", "PUT", "/members/rita", { role: "viewer" }],
    ["an owner who leaves", "olga", "DELETE", "/members/olga"],
  ];
  it("answer a stranger, and whoever lacks the rank, as if they were not there", async () => {
    const album = await staffedAlbum();
    for (const [title, as, method, path, payload] of refusals) {
      const ask = (id: string) => api.ask(as, { method, url: `/v1/albums/${id}${path}`, ...(payload && { payload }) });
      const [refused, absent] = [await ask(album), await ask(uuidv7())];
      expect(refused.statusCode, title).to.equal(404);
      const { requestId, ...body } = refused.json();
      const { requestId: other, ...absentBody } = absent.json();
      expect(body, title).to.deep.equal(absentBody);
      expect(body.code, title).to.equal("ALBUM_NOT_FOUND");
      expect(requestId).not.to.equal(other);
    }
    expect((await view("olga", album)).json().album.memberCount).to.equal(4);
  });

  it("let members leave and managers dismiss, at once", async () => {
    const album = await staffedAlbum();
    expect((await remove("vera", album, "vera")).statusCode).to.equal(204);
    expect((await remove("rita", album, "carl")).statusCode).to.equal(204);
    expect((await remove("rita", album, "carl")).json().code).to.equal("MEMBER_NOT_FOUND");
    expect((await view("carl", album)).statusCode).to.equal(404);
    const { items } = (await api.ask("carl", { method: "GET", url: "/v1/albums" })).json();
    expect(items.map(({ id }: { id: string }) => id)).not.to.include(album);
    expect((await view("olga", album)).json().album.memberCount).to.equal(2);
  });

  it("count a member once, however often they are put, and change the role of one who is in", async () => {
    const album = await newAlbum();
    const answers = await Promise.all(Array.from({ length: 8 }, () => put("olga", album, "vera", "viewer")));
    expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal(Array(8).fill(200));
    expect((await put("olga", album, "vera", "contributor")).json().member.role).to.equal("contributor");
    expect((await view("vera", album)).json().album).to.include({ role: "contributor", memberCount: 2 });
  });

  it("take nobody in where one blocks the other", async () => {
    const album = await newAlbum("otto");
    await api.ask("otto", { method: "PUT", url: "/v1/blocks/blocked" });
    await api.ask("blocker", { method: "PUT", url: "/v1/blocks/otto" });
    for (const userId of ["blocked", "blocker"]) {
      expect((await put("otto", album, userId, "viewer")).json().code).to.equal("MEMBER_NOT_FOUND");
    }
  });

  for (const userId of ["a%2Fb", "a%00b", "%23", "x".repeat(129)]) {
    it(`refuse ${userId.slice(0, 8)} as a user's id`, async () => {
      expect((await put("olga", await newAlbum(), userId, "viewer")).statusCode).to.equal(400);
    });
  }

  describe("hold photos that", () => {
    const ready = { status: "ready", width: 640, height: 480 } as const;

    it("every member sees, with originals, and strangers do not", async () => {
      const album = await staffedAlbum();
      const photo = await api.keep({ ...ready, ownerId: "carl", albumId: album });
      const list = await api.ask("vera", { method: "GET", url: `/v1/albums/${album}/photos` });
      expect(list.json().items[0].photo.id).to.equal(photo.id);
      expect(list.json().items[0].urls).to.include.keys("320", "original");
      expect((await api.ask("sven", { method: "GET", url: `/v1/photos/${photo.id}` })).statusCode).to.equal(404);
    });

    it("their owners and managers take out, and nobody else", async () => {
      const album = await staffedAlbum();
      const photos = [
        await api.keep({ ...ready, ownerId: "carl", albumId: album }),
        await api.keep({ ...ready, ownerId: "carl", albumId: album }),
      ];
      const takeOut = (as: string, id = "") =>
        api.ask(as, { method: "DELETE", url: `/v1/albums/${album}/photos/${id}` });
      expect((await takeOut("vera", photos[0]?.id)).json().code).to.equal("ALBUM_NOT_FOUND");
      expect((await takeOut("sven", photos[0]?.id)).json().code).to.equal("ALBUM_NOT_FOUND");
      expect((await takeOut("sven", uuidv7())).json().code).to.equal("ALBUM_NOT_FOUND");
      expect((await takeOut("carl", photos[0]?.id)).statusCode).to.equal(204);
      expect((await takeOut("rita", photos[1]?.id)).statusCode).to.equal(204);
      expect((await takeOut("rita", photos[1]?.id)).json().code).to.equal("PHOTO_NOT_FOUND");
      expect((await api.stores.photos.find(photos[0]?.id ?? ""))?.albumId).to.equal(undefined);
    });

    it("stay with their owners when the album is deleted", async () => {
      const album = await staffedAlbum();
      const photo = await api.keep({ ...ready, ownerId: "carl", albumId: album });
      expect((await api.ask("olga", { method: "DELETE", url: `/v1/albums/${album}` })).statusCode).to.equal(204);
      expect((await api.ask("vera", { method: "GET", url: `/v1/photos/${photo.id}` })).statusCode).to.equal(404);
      const kept = await api.ask("carl", { method: "GET", url: `/v1/photos/${photo.id}` });
      expect(kept.json().photo).to.include({ albumId: null, status: "ready" });
    });

    it("come out of the trash without an album that was deleted meanwhile, and can't be put back into it", async () => {
      const album = await staffedAlbum();
      const photo = await api.keep({ ...ready, ownerId: "carl", albumId: album });
      const url = `/v1/photos/${photo.id}`;
      await api.ask("carl", { method: "DELETE", url });
      await api.ask("olga", { method: "DELETE", url: `/v1/albums/${album}` });
      const putBack = await api.ask("carl", { method: "PATCH", url, payload: { albumId: album } });
      expect(putBack.statusCode, putBack.body).to.equal(404);
      const restored = await api.ask("carl", { method: "POST", url: `${url}/restore` });
      expect(restored.json().photo).to.include({ albumId: null, status: "ready" });
    });

    it("can't be put again into one that is deleted and not cleared yet", async () => {
      const album = await staffedAlbum();
      const photos = [];
      // More than a request clears.
      for (let turn = 0; turn < 101; turn += 1)
        photos.push(await api.keep({ ...ready, ownerId: "carl", albumId: album }));
      await api.ask("olga", { method: "DELETE", url: `/v1/albums/${album}` });
      for (const { id } of photos) {
        const putBack = await api.ask("carl", {
          method: "PATCH",
          url: `/v1/photos/${id}`,
          payload: { albumId: album },
        });
        expect(putBack.statusCode).to.equal(404);
      }
    });

    it("are not listed while they are in the trash, not even to their owner", async () => {
      const album = await staffedAlbum();
      const photo = await api.keep({ ...ready, ownerId: "carl", albumId: album });
      await api.ask("carl", { method: "DELETE", url: `/v1/photos/${photo.id}` });
      const { items } = (await api.ask("carl", { method: "GET", url: `/v1/albums/${album}/photos` })).json();
      expect(items).to.deep.equal([]);
    });
  });
});
