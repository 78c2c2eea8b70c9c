import { expect } from "chai";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { startTestApp, type TestApp } from "./support/test-app.ts";

/** What the request is about: a photo of olga's for friends, in an album of hers, and a link of hers to the photo. */
interface World {
  readonly photoId: string;
  readonly albumId: string;
  readonly linkId: string;
  readonly token: string;
}

/** An administrator of the user pool is a stranger here: privacy is not theirs to lift. */
const principals = ["nobody", "stranger", "friend", "viewer", "contributor", "manager", "owner", "admin"] as const;
type Principal = (typeof principals)[number];

const userIds: Readonly<Record<Exclude<Principal, "nobody">, string>> = {
  stranger: "rita",
  friend: "fred",
  viewer: "vera",
  contributor: "carl",
  manager: "mona",
  owner: "olga",
  admin: "ada",
};

interface Row {
  readonly request: (world: World) => InjectOptions;
  /** By principal, in their order. */
  readonly statuses: readonly number[];
}

const everybody = (status: number) => principals.map(() => status);
const signedIn = (status: number) => [401, ...principals.slice(1).map(() => status)];
const friendsAndMembers = (status: number) => [401, 404, ...Array<number>(5).fill(status), 404];
const members = (status: number) => [401, 404, 404, ...Array<number>(4).fill(status), 404];
const contributors = (status: number) => [401, 404, 404, 404, status, status, status, 404];
const managers = (status: number) => [401, 404, 404, 404, 404, status, status, 404];
const ownerOnly = (status: number) => [401, 404, 404, 404, 404, 404, status, 404];

const upload = { contentType: "image/jpeg", size: 1 };
const get = (url: string): InjectOptions => ({ url });
const send = (method: "POST" | "PUT" | "PATCH", url: string, payload?: object): InjectOptions => ({
  method,
  url,
  ...(payload && { payload }),
});
const remove = (url: string): InjectOptions => ({ method: "DELETE", url });

const uploadKey = ({ photoId }: World) => `uploads/olga/${photoId}`;
const uppyPath = (world: World, rest: string) =>
  `/uppy/s3/multipart/some${rest}?key=${encodeURIComponent(uploadKey(world))}`;

const rows: Readonly<Record<string, Row>> = {
  reservePhoto: {
    request: ({ albumId }) => send("POST", "/v1/photos", { ...upload, albumId }),
    statuses: contributors(201),
  },
  reservePhotos: {
    request: () => send("POST", "/v1/photos/bulk", { items: [upload] }),
    statuses: signedIn(200),
  },
  listPhotos: { request: ({ albumId }) => get(`/v1/photos?albumId=${albumId}`), statuses: members(200) },
  viewPhoto: { request: ({ photoId }) => get(`/v1/photos/${photoId}`), statuses: friendsAndMembers(200) },
  changePhoto: {
    request: ({ photoId }) => send("PATCH", `/v1/photos/${photoId}`, { title: "Mine" }),
    statuses: ownerOnly(200),
  },
  trashPhoto: { request: ({ photoId }) => remove(`/v1/photos/${photoId}`), statuses: ownerOnly(200) },
  restorePhoto: { request: ({ photoId }) => send("POST", `/v1/photos/${photoId}/restore`), statuses: ownerOnly(200) },
  completePhoto: { request: ({ photoId }) => send("POST", `/v1/photos/${photoId}/complete`), statuses: ownerOnly(200) },
  issueParts: {
    request: ({ photoId }) => send("POST", `/v1/photos/${photoId}/multipart/parts`, { partNumbers: [1] }),
    // It was uploaded in one piece, which is nobody else's to know.
    statuses: ownerOnly(409),
  },
  listParts: { request: ({ photoId }) => get(`/v1/photos/${photoId}/multipart/parts`), statuses: ownerOnly(409) },
  completeMultipart: {
    request: ({ photoId }) =>
      send("POST", `/v1/photos/${photoId}/multipart/complete`, { parts: [{ partNumber: 1, etag: "0".repeat(32) }] }),
    statuses: ownerOnly(409),
  },
  abortMultipart: { request: ({ photoId }) => remove(`/v1/photos/${photoId}/multipart`), statuses: ownerOnly(409) },
  issueDeleteUrl: {
    request: ({ photoId }) => send("POST", `/v1/photos/${photoId}/delete-url`),
    statuses: ownerOnly(200),
  },
  issueUrls: {
    request: ({ photoId }) => send("POST", "/v1/urls", { items: [{ photoId }] }),
    statuses: signedIn(200),
  },
  openPermalink: { request: ({ photoId }) => get(`/p/${photoId}/640`), statuses: everybody(404) },
  issueCookies: {
    request: ({ photoId }) => send("POST", "/v1/cookies", { photoId }),
    statuses: friendsAndMembers(200),
  },
  createLink: {
    request: ({ albumId }) => send("POST", "/v1/links", { target: { albumId } }),
    statuses: managers(201),
  },
  listLinks: { request: () => get("/v1/links"), statuses: signedIn(200) },
  removeLink: { request: ({ linkId }) => remove(`/v1/links/${linkId}`), statuses: ownerOnly(204) },
  openLink: { request: ({ token }) => get(`/v1/links/${token}`), statuses: everybody(200) },
  openLinkByPassword: { request: ({ token }) => send("POST", `/v1/links/${token}`, {}), statuses: everybody(200) },
  createAlbum: { request: () => send("POST", "/v1/albums", { title: "Lake" }), statuses: signedIn(201) },
  listAlbums: { request: () => get("/v1/albums"), statuses: signedIn(200) },
  viewAlbum: { request: ({ albumId }) => get(`/v1/albums/${albumId}`), statuses: members(200) },
  renameAlbum: {
    request: ({ albumId }) => send("PATCH", `/v1/albums/${albumId}`, { title: "Mine" }),
    statuses: managers(200),
  },
  deleteAlbum: { request: ({ albumId }) => remove(`/v1/albums/${albumId}`), statuses: ownerOnly(204) },
  listAlbumPhotos: { request: ({ albumId }) => get(`/v1/albums/${albumId}/photos`), statuses: members(200) },
  takeOutPhoto: {
    request: ({ albumId, photoId }) => remove(`/v1/albums/${albumId}/photos/${photoId}`),
    statuses: managers(204),
  },
  listMembers: { request: ({ albumId }) => get(`/v1/albums/${albumId}/members`), statuses: members(200) },
  putMember: {
    request: ({ albumId }) => send("PUT", `/v1/albums/${albumId}/members/nina`, { role: "viewer" }),
    statuses: managers(200),
  },
  removeMember: {
    request: ({ albumId }) => remove(`/v1/albums/${albumId}/members/vera`),
    // Vera herself may leave.
    statuses: [401, 404, 404, 204, 404, 204, 204, 404],
  },
  askFriend: { request: () => send("PUT", "/v1/friends/sven"), statuses: signedIn(200) },
  partFriend: { request: () => remove("/v1/friends/sven"), statuses: signedIn(204) },
  listFriends: { request: () => get("/v1/friends"), statuses: signedIn(200) },
  readFeed: { request: () => get("/v1/feed"), statuses: signedIn(200) },
  blockUser: { request: () => send("PUT", "/v1/blocks/tara"), statuses: signedIn(204) },
  unblockUser: { request: () => remove("/v1/blocks/tara"), statuses: signedIn(204) },
  listBlocks: { request: () => get("/v1/blocks"), statuses: signedIn(200) },
  viewProfile: { request: () => get("/v1/me"), statuses: signedIn(200) },
  issueCredentials: { request: () => send("POST", "/v1/credentials"), statuses: signedIn(200) },
  renameUser: { request: () => send("PATCH", "/v1/me", { displayName: "Me" }), statuses: signedIn(200) },
  uppyUploadWhole: {
    request: () => get("/uppy/s3/params?filename=a.jpg&metadata%5Bsize%5D=1"),
    statuses: signedIn(200),
  },
  uppyUploadInParts: {
    request: () => send("POST", "/uppy/s3/multipart", { filename: "a.jpg", metadata: { size: "1" } }),
    statuses: signedIn(200),
  },
  // The photo was not uploaded under that id: an id of no use is absent even for its owner.
  uppyListParts: { request: (world) => get(uppyPath(world, "")), statuses: signedIn(404) },
  uppySignPart: { request: (world) => get(uppyPath(world, "/1")), statuses: signedIn(404) },
  uppySignParts: {
    request: (world) => get(`${uppyPath(world, "/batch")}&partNumbers=1,2`),
    statuses: signedIn(404),
  },
  uppyCompleteParts: {
    request: (world) =>
      send("POST", uppyPath(world, "/complete"), { parts: [{ PartNumber: 1, ETag: "0".repeat(32) }] }),
    statuses: signedIn(404),
  },
  uppyAbortParts: { request: (world) => remove(uppyPath(world, "")), statuses: signedIn(404) },
  uppyIssueCredentials: { request: () => get("/uppy/s3/sts"), statuses: signedIn(200) },
  uppySignRequest: {
    request: (world) => send("POST", "/uppy/sign", { method: "GET", key: uploadKey(world), uploadId: "some" }),
    statuses: signedIn(404),
  },
  health: { request: () => get("/healthz"), statuses: everybody(200) },
  readiness: { request: () => get("/readyz"), statuses: everybody(200) },
};

describe("Access to a photo for friends in an album", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
    await test.ask("fred", send("PUT", "/v1/friends/olga"));
    await test.ask("olga", send("PUT", "/v1/friends/fred"));
  });
  after(() => test.close());

  async function makeWorld(): Promise<World> {
    const album = await test.ask("olga", send("POST", "/v1/albums", { title: "Lake" }));
    const albumId: string = album.json().album.id;
    for (const role of ["viewer", "contributor", "manager"] as const) {
      await test.ask("olga", send("PUT", `/v1/albums/${albumId}/members/${userIds[role]}`, { role }));
    }
    const { id: photoId } = await test.keep({ status: "ready", visibility: "friends", albumId });
    const created = (await test.ask("olga", send("POST", "/v1/links", { target: { photoId } }))).json();
    return { photoId, albumId, linkId: created.link.id, token: created.token };
  }

  async function ask(principal: Principal, request: InjectOptions): Promise<LightMyRequestResponse> {
    if (principal === "nobody") return test.ask(undefined, request);
    const groups = principal === "admin" ? ["admins"] : [];
    return test.ask(userIds[principal], request, groups);
  }

  it("is settled here for every operation that the API has", async () => {
    const document: { paths: object } = (await test.ask(undefined, { url: "/openapi.json" })).json();
    const operations = Object.values(document.paths).flatMap((methods: object) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).toSorted()).to.deep.equal(Object.keys(rows).toSorted());
  });

  for (const [operation, { request, statuses }] of Object.entries(rows)) {
    for (const [index, principal] of principals.entries()) {
      it(`by ${operation} answers ${statuses[index]} to ${principal}`, async () => {
        const response = await ask(principal, request(await makeWorld()));
        expect(response.statusCode, response.body).to.equal(statuses[index]);
      });
    }
  }

  /** All that a caller can see of an answer. */
  const seen = ({ statusCode, headers: { date, ...headers }, rawPayload }: LightMyRequestResponse) => ({
    statusCode,
    headers,
    body: rawPayload.toString(),
  });

  for (const [operation, { request, statuses }] of Object.entries(rows)) {
    for (const [index, principal] of principals.entries()) {
      if (statuses[index] !== 404) continue;
      it(`is refused to ${principal} by ${operation} just as an absent one is, to the byte`, async () => {
        const world = await makeWorld();
        const absent = { ...world, photoId: uuidv7(), albumId: uuidv7(), linkId: uuidv7() };
        const headers = { "x-request-id": "same-for-both" };
        const answers = [
          await ask(principal, { ...request(world), headers }),
          await ask(principal, { ...request(absent), headers }),
        ];
        const [forbidden, missing] = answers.map(seen);
        expect(forbidden).to.deep.equal(missing);
      });
    }
  }

  it("is refused with a reason that only the log knows", async () => {
    const { photoId } = await makeWorld();
    const response = await test.ask("rita", {
      url: `/v1/photos/${photoId}`,
      headers: { "x-request-id": "who-asked-for-it" },
    });
    expect(response.body).not.to.include("no-grant");
    const line = test.logged.find((each) => each.includes("who-asked-for-it") && each.includes("refused"));
    expect(JSON.parse(line ?? "{}")).to.include({ code: "PHOTO_NOT_FOUND", reason: "no-grant" });
  });
});
