import { expect } from "chai";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import type { Photo } from "../../../api/domain/photo.ts";
import { beginProcessing, markReady, markRejected } from "../../../api/domain/photo-changes.ts";
import type { TestApp } from "../../../api/test/support/test-app.ts";

/** One act with writes, and what has to be there for it. */
export interface Scenario {
  readonly title: string;
  /** Resolves to the act, which may be done again and rejects when it found the table out of reach. */
  given(api: TestApp): Promise<() => Promise<unknown>>;
}

const ready = { status: "ready", width: 640, height: 480 } as const;
const upload = { contentType: "image/jpeg", size: 1000 };

/** A refusal is an answer: who deletes again what is gone is told so. Rejects where the API had none. */
async function ask(api: TestApp, userId: string, request: InjectOptions): Promise<LightMyRequestResponse> {
  const answer = await api.ask(userId, request);
  expect(answer.statusCode, answer.body).to.be.lessThan(500);
  return answer;
}

async function done(api: TestApp, userId: string, request: InjectOptions): Promise<LightMyRequestResponse> {
  const answer = await ask(api, userId, request);
  expect(answer.statusCode, answer.body).to.be.within(200, 204);
  return answer;
}

function request(
  title: string,
  userId: string,
  of: (api: TestApp) => Promise<InjectOptions> | InjectOptions,
): Scenario {
  return {
    title,
    async given(api) {
      const options = await of(api);
      return () => ask(api, userId, options);
    },
  };
}

async function newAlbum(api: TestApp): Promise<string> {
  const answer = await done(api, "olga", { method: "POST", url: "/v1/albums", payload: { title: "Lake" } });
  const { id } = answer.json().album;
  for (const [userId, role] of [
    ["rita", "manager"],
    ["carl", "contributor"],
  ]) {
    await done(api, "olga", { method: "PUT", url: `/v1/albums/${id}/members/${userId}`, payload: { role } });
  }
  return id;
}

/** As the worker does, so that an album counts it. */
async function becomeReady(api: TestApp, { id }: Photo): Promise<Photo | undefined> {
  await api.stores.photos.change(id, beginProcessing(api.now));
  return api.stores.photos.change(id, markReady({ width: 640, height: 480 }));
}

async function readyIn(api: TestApp, albumId: string, ownerId = "olga"): Promise<Photo> {
  const photo = await api.keep({ albumId, ownerId });
  await becomeReady(api, photo);
  return photo;
}

async function befriend(api: TestApp, one: string, other: string): Promise<void> {
  await done(api, one, { method: "PUT", url: `/v1/friends/${other}` });
  await done(api, other, { method: "PUT", url: `/v1/friends/${one}` });
}

const photoScenarios: readonly Scenario[] = [
  request("reserves a photo", "olga", () => ({ method: "POST", url: "/v1/photos", payload: upload })),
  request("reserves a photo by a request that can be told from another", "olga", () => ({
    method: "POST",
    url: "/v1/photos",
    payload: upload,
    headers: { "idempotency-key": "5f0d3f9e-5b0c-4a8e-9d3a-1f6f0a3d9a11" },
  })),
  request("reserves 120 photos, in two transactions", "olga", () => ({
    method: "POST",
    url: "/v1/photos/bulk",
    payload: { items: Array.from({ length: 120 }, () => upload) },
  })),
  request("completes an upload", "olga", async (api) => {
    const { id } = await api.keep();
    return { method: "POST", url: `/v1/photos/${id}/complete` };
  }),
  request("moves a photo from one album to another, and shows it", "olga", async (api) => {
    const [from, to] = [await newAlbum(api), await newAlbum(api)];
    const { id } = await readyIn(api, from);
    return { method: "PATCH", url: `/v1/photos/${id}`, payload: { albumId: to, visibility: "friends", title: "Dawn" } };
  }),
  request("puts a photo of an album into the trash", "olga", async (api) => {
    const { id } = await readyIn(api, await newAlbum(api));
    return { method: "DELETE", url: `/v1/photos/${id}` };
  }),
  request("restores a photo into its album", "olga", async (api) => {
    const photo = await readyIn(api, await newAlbum(api));
    await done(api, "olga", { method: "DELETE", url: `/v1/photos/${photo.id}` });
    return { method: "POST", url: `/v1/photos/${photo.id}/restore` };
  }),
  request("restores a photo whose album was deleted meanwhile", "olga", async (api) => {
    const album = await newAlbum(api);
    const photo = await readyIn(api, album);
    await done(api, "olga", { method: "DELETE", url: `/v1/photos/${photo.id}` });
    await done(api, "olga", { method: "DELETE", url: `/v1/albums/${album}` });
    return { method: "POST", url: `/v1/photos/${photo.id}/restore` };
  }),
  {
    title: "makes an upload ready in its album",
    async given(api) {
      const photo = await api.keep({ albumId: await newAlbum(api) });
      return () => becomeReady(api, photo);
    },
  },
  {
    title: "rejects an upload",
    async given(api) {
      const { id } = await api.keep();
      return () => api.stores.photos.change(id, markRejected("undecodable", api.now));
    },
  },
  {
    title: "removes a photo of an album, as the worker does",
    async given(api) {
      const { id } = await readyIn(api, await newAlbum(api));
      return () => api.stores.photos.remove(id);
    },
  },
];

const albumScenarios: readonly Scenario[] = [
  request("makes an album", "olga", () => ({ method: "POST", url: "/v1/albums", payload: { title: "Lake" } })),
  request("renames an album", "olga", async (api) => {
    return { method: "PATCH", url: `/v1/albums/${await newAlbum(api)}`, payload: { title: "Hills" } };
  }),
  request("deletes an album with members and photos of every kind", "olga", async (api) => {
    const album = await newAlbum(api);
    await readyIn(api, album, "carl");
    await api.keep({ albumId: album });
    const trashed = await readyIn(api, album);
    await done(api, "olga", { method: "DELETE", url: `/v1/photos/${trashed.id}` });
    return { method: "DELETE", url: `/v1/albums/${album}` };
  }),
  request("adds a member", "olga", async (api) => {
    return { method: "PUT", url: `/v1/albums/${await newAlbum(api)}/members/vera`, payload: { role: "viewer" } };
  }),
  request("changes a member's role", "olga", async (api) => {
    return { method: "PUT", url: `/v1/albums/${await newAlbum(api)}/members/carl`, payload: { role: "viewer" } };
  }),
  request("removes a member", "olga", async (api) => {
    return { method: "DELETE", url: `/v1/albums/${await newAlbum(api)}/members/carl` };
  }),
  request("takes a photo out of an album", "rita", async (api) => {
    const album = await newAlbum(api);
    const photo = await readyIn(api, album);
    return { method: "DELETE", url: `/v1/albums/${album}/photos/${photo.id}` };
  }),
];

const peopleScenarios: readonly Scenario[] = [
  request("asks for a friendship", "olga", () => ({ method: "PUT", url: "/v1/friends/rita" })),
  request("accepts a friendship", "rita", async (api) => {
    await done(api, "olga", { method: "PUT", url: "/v1/friends/rita" });
    return { method: "PUT", url: "/v1/friends/olga" };
  }),
  request("ends a friendship", "olga", async (api) => {
    await befriend(api, "olga", "rita");
    return { method: "DELETE", url: "/v1/friends/rita" };
  }),
  request("blocks a friend", "olga", async (api) => {
    await befriend(api, "olga", "rita");
    return { method: "PUT", url: "/v1/blocks/rita" };
  }),
  request("lifts a block", "olga", async (api) => {
    await done(api, "olga", { method: "PUT", url: "/v1/blocks/rita" });
    return { method: "DELETE", url: "/v1/blocks/rita" };
  }),
  request("changes a profile", "olga", () => ({ method: "PATCH", url: "/v1/me", payload: { displayName: "Olga" } })),
];

const linkScenarios: readonly Scenario[] = [
  request("makes a share link", "olga", async (api) => {
    const { id } = await api.keep(ready);
    return { method: "POST", url: "/v1/links", payload: { target: { photoId: id } } };
  }),
  request("opens a share link", "rita", async (api) => {
    const { id } = await api.keep(ready);
    const link = await done(api, "olga", { method: "POST", url: "/v1/links", payload: { target: { photoId: id } } });
    return { method: "GET", url: `/v1/links/${link.json().token}` };
  }),
  request("revokes a share link", "olga", async (api) => {
    const { id } = await api.keep(ready);
    const link = await done(api, "olga", { method: "POST", url: "/v1/links", payload: { target: { photoId: id } } });
    return { method: "DELETE", url: `/v1/links/${link.json().link.id}` };
  }),
];

/** Every use case that writes. */
export const scenarios: readonly Scenario[] = [
  ...photoScenarios,
  ...albumScenarios,
  ...peopleScenarios,
  ...linkScenarios,
];
