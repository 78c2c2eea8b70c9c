import { expect } from "chai";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { startTestApp, type TestApp } from "./support/test-app.ts";

interface Row {
  readonly request: (photoId: string) => InjectOptions;
  /** Nobody, a stranger, and the owner of a private photo. */
  readonly statuses: readonly [number, number, number];
}

const upload = { contentType: "image/jpeg", size: 1 };
const rows: Readonly<Record<string, Row>> = {
  reservePhoto: {
    request: () => ({ method: "POST", url: "/v1/photos", payload: upload }),
    statuses: [401, 201, 201],
  },
  reservePhotos: {
    request: () => ({ method: "POST", url: "/v1/photos/bulk", payload: { items: [upload] } }),
    statuses: [401, 200, 200],
  },
  listPhotos: { request: () => ({ url: "/v1/photos" }), statuses: [401, 200, 200] },
  viewPhoto: { request: (id) => ({ url: `/v1/photos/${id}` }), statuses: [401, 404, 200] },
  changePhoto: {
    request: (id) => ({ method: "PATCH", url: `/v1/photos/${id}`, payload: { title: "Mine" } }),
    statuses: [401, 404, 200],
  },
  trashPhoto: { request: (id) => ({ method: "DELETE", url: `/v1/photos/${id}` }), statuses: [401, 404, 200] },
  restorePhoto: {
    request: (id) => ({ method: "POST", url: `/v1/photos/${id}/restore` }),
    statuses: [401, 404, 200],
  },
  completePhoto: {
    request: (id) => ({ method: "POST", url: `/v1/photos/${id}/complete` }),
    statuses: [401, 404, 200],
  },
  issueDeleteUrl: {
    request: (id) => ({ method: "POST", url: `/v1/photos/${id}/delete-url` }),
    statuses: [401, 404, 200],
  },
  issueUrls: {
    request: (photoId) => ({ method: "POST", url: "/v1/urls", payload: { items: [{ photoId }] } }),
    statuses: [401, 200, 200],
  },
  openPermalink: { request: (id) => ({ url: `/p/${id}/640` }), statuses: [404, 404, 404] },
  issueCookies: {
    request: (photoId) => ({ method: "POST", url: "/v1/cookies", payload: { photoId } }),
    statuses: [401, 404, 200],
  },
  createLink: {
    request: (photoId) => ({ method: "POST", url: "/v1/links", payload: { target: { photoId } } }),
    statuses: [401, 404, 201],
  },
  listLinks: { request: () => ({ url: "/v1/links" }), statuses: [401, 200, 200] },
  removeLink: { request: (id) => ({ method: "DELETE", url: `/v1/links/${id}` }), statuses: [401, 404, 404] },
  openLink: { request: (id) => ({ url: `/v1/links/${id}` }), statuses: [404, 404, 404] },
  openLinkByPassword: {
    request: (id) => ({ method: "POST", url: `/v1/links/${id}`, payload: {} }),
    statuses: [404, 404, 404],
  },
  createAlbum: {
    request: () => ({ method: "POST", url: "/v1/albums", payload: { title: "Lake" } }),
    statuses: [401, 201, 201],
  },
  listAlbums: { request: () => ({ url: "/v1/albums" }), statuses: [401, 200, 200] },
  // No album has the id of a photo.
  viewAlbum: { request: (id) => ({ url: `/v1/albums/${id}` }), statuses: [401, 404, 404] },
  renameAlbum: {
    request: (id) => ({ method: "PATCH", url: `/v1/albums/${id}`, payload: { title: "Mine" } }),
    statuses: [401, 404, 404],
  },
  deleteAlbum: { request: (id) => ({ method: "DELETE", url: `/v1/albums/${id}` }), statuses: [401, 404, 404] },
  listAlbumPhotos: { request: (id) => ({ url: `/v1/albums/${id}/photos` }), statuses: [401, 404, 404] },
  takeOutPhoto: {
    request: (id) => ({ method: "DELETE", url: `/v1/albums/${id}/photos/${id}` }),
    statuses: [401, 404, 404],
  },
  listMembers: { request: (id) => ({ url: `/v1/albums/${id}/members` }), statuses: [401, 404, 404] },
  putMember: {
    request: (id) => ({ method: "PUT", url: `/v1/albums/${id}/members/rita`, payload: { role: "viewer" } }),
    statuses: [401, 404, 404],
  },
  removeMember: {
    request: (id) => ({ method: "DELETE", url: `/v1/albums/${id}/members/rita` }),
    statuses: [401, 404, 404],
  },
  askFriend: { request: () => ({ method: "PUT", url: "/v1/friends/sven" }), statuses: [401, 200, 200] },
  partFriend: { request: () => ({ method: "DELETE", url: "/v1/friends/sven" }), statuses: [401, 204, 204] },
  listFriends: { request: () => ({ url: "/v1/friends" }), statuses: [401, 200, 200] },
  readFeed: { request: () => ({ url: "/v1/feed" }), statuses: [401, 200, 200] },
  blockUser: { request: () => ({ method: "PUT", url: "/v1/blocks/tara" }), statuses: [401, 204, 204] },
  unblockUser: { request: () => ({ method: "DELETE", url: "/v1/blocks/tara" }), statuses: [401, 204, 204] },
  listBlocks: { request: () => ({ url: "/v1/blocks" }), statuses: [401, 200, 200] },
  viewProfile: { request: () => ({ url: "/v1/me" }), statuses: [401, 200, 200] },
  renameUser: {
    request: () => ({ method: "PATCH", url: "/v1/me", payload: { displayName: "Rita" } }),
    statuses: [401, 200, 200],
  },
  health: { request: () => ({ url: "/healthz" }), statuses: [200, 200, 200] },
  readiness: { request: () => ({ url: "/readyz" }), statuses: [200, 200, 200] },
};

describe("Access to a private photo", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  it("is settled here for every operation that the API has", async () => {
    const document: { paths: object } = (await test.ask(undefined, { url: "/openapi.json" })).json();
    const operations = Object.values(document.paths).flatMap((methods: object) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).toSorted()).to.deep.equal(Object.keys(rows).toSorted());
  });

  for (const [operation, { request, statuses }] of Object.entries(rows)) {
    for (const [index, viewer] of [undefined, "rita", "olga"].entries()) {
      it(`by ${operation} answers ${statuses[index]} to ${viewer ?? "nobody signed in"}`, async () => {
        const { id } = await test.keep({ status: "ready" });
        expect((await test.ask(viewer, request(id))).statusCode).to.equal(statuses[index]);
      });
    }
  }

  /** All that a caller can see of an answer. */
  const seen = ({ statusCode, headers: { date, ...headers }, rawPayload }: LightMyRequestResponse) => ({
    statusCode,
    headers,
    body: rawPayload.toString(),
  });

  for (const [operation, { request, statuses }] of Object.entries(rows).filter(([, row]) => row.statuses[1] === 404)) {
    it(`is refused to a stranger by ${operation} just as an absent one is, to the byte`, async () => {
      const { id } = await test.keep({ status: "ready" });
      const ask = (photoId: string) =>
        test.ask("rita", { ...request(photoId), headers: { "x-request-id": "same-for-both" } });
      const [forbidden, absent] = [await ask(id), await ask(uuidv7())];
      expect(forbidden.statusCode).to.equal(statuses[1]);
      expect(seen(forbidden)).to.deep.equal(seen(absent));
    });
  }

  it("is refused with a reason that only the log knows", async () => {
    const { id } = await test.keep({ status: "ready" });
    const response = await test.ask("rita", {
      url: `/v1/photos/${id}`,
      headers: { "x-request-id": "who-asked-for-it" },
    });
    expect(response.body).not.to.include("no-grant");
    const line = test.logged.find((each) => each.includes("who-asked-for-it") && each.includes("refused"));
    expect(JSON.parse(line ?? "{}")).to.include({ code: "PHOTO_NOT_FOUND", reason: "no-grant" });
  });
});
