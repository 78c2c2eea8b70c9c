import { expect } from "chai";
import type { LightMyRequestResponse } from "fastify";
import { type User, users } from "./acts.ts";
import type { Sight } from "./naive-model.ts";
import { password, type World } from "./world.ts";

/** A URL that somebody was handed, and what is said of it. */
export interface Handed {
  readonly url: string;
  /** As the answer has it; that of a permalink does not. */
  readonly expiresAt?: string | undefined;
  /** When the link ends by which it was handed out, in minutes of the world. */
  readonly linkEndsAt?: number;
}

interface Viewed {
  readonly photo: { readonly id: string };
  readonly urls: Readonly<Record<string, string>>;
  readonly expiresAt?: string;
}

interface SignedUrl {
  readonly url?: string;
  readonly expiresAt?: string;
  readonly problem?: { readonly code: string };
}

interface List<Item> {
  readonly items: readonly Item[];
}

const sizes = ["640", "original"];

/** Expects of every photo that the viewer sees as much as the model has it; resolves to the URLs that they get. */
export async function expectSights({ model, photos, ask }: World, viewer: User): Promise<Handed[]> {
  const wanted = photos.flatMap((photoId) => sizes.map((rendition) => ({ photoId, rendition })));
  const answer = await ask(viewer, "POST", "/v1/urls", { items: wanted });
  expect(answer.statusCode, answer.body).to.equal(200);
  const { items }: List<SignedUrl> = answer.json();
  const seen = photos.map((_, photo) => sightBy(items[2 * photo], items[2 * photo + 1]));
  expect(seen, `what ${viewer} sees`).to.deep.equal(photos.map((_, photo) => model.sees(viewer, photo)));
  return items.flatMap(({ url, expiresAt }) => (url === undefined ? [] : [{ url, expiresAt }]));
}

function sightBy(rendition: SignedUrl | undefined, original: SignedUrl | undefined): Sight {
  if (original?.url !== undefined) return "original";
  if (rendition?.url !== undefined) return "renditions";
  return rendition?.problem?.code === "PHOTO_NOT_READY" ? "metadata" : "nothing";
}

/** Expects the same of each by itself. */
export async function expectPhotos({ model, photos, ask }: World, viewer: User): Promise<Handed[]> {
  const handed: Handed[] = [];
  for (const [photo, id] of photos.entries()) {
    const answer = await ask(viewer, "GET", `/v1/photos/${id}`);
    const { urls = {}, expiresAt }: Partial<Viewed> = answer.json();
    const seen = urls.original ? "original" : urls["640"] ? "renditions" : "metadata";
    const sight = answer.statusCode === 404 ? "nothing" : seen;
    expect(sight, `photo ${photo} to ${viewer}`).to.equal(model.sees(viewer, photo));
    for (const url of Object.values(urls)) handed.push({ url, expiresAt });
  }
  return handed;
}

/** Expects of every list that has to do with photos that it holds for the user what it does for the model. */
export async function expectLists({ model, photos, albums, idOf, ask }: World, user: User): Promise<void> {
  const get = (url: string) => ask(user, "GET", url);
  const expectListed = async (url: string, expected: readonly number[] | undefined) => {
    const answer = await get(url);
    const { items = [] }: Partial<List<Viewed>> = answer.json();
    const listed = answer.statusCode === 404 ? undefined : items.map(({ photo }) => photos.indexOf(photo.id));
    expect(listed, `${url} to ${user}`).to.deep.equal(expected);
  };
  for (const owner of users) await expectListed(`/v1/photos?owner=${idOf(owner)}`, model.listed(user, owner));
  for (const [album, id] of albums.entries()) {
    await expectListed(`/v1/albums/${id}/photos`, model.albumPhotos(user, album));
  }
  await expectListed("/v1/photos?trashed=true", model.trash(user));
  await expectListed("/v1/feed", model.feed(user));

  const inAlbums: List<{ id: string; role: string }> = (await get("/v1/albums")).json();
  const roles = new Map(inAlbums.items.map(({ id, role }) => [albums.indexOf(id), role]));
  expect(roles, `${user}'s albums`).to.deep.equal(model.rolesOf(user));
  for (const status of ["accepted", "incoming", "outgoing"] as const) {
    const friends: List<{ userId: string }> = (await get(`/v1/friends?status=${status}`)).json();
    const ids = friends.items.map(({ userId }) => userId);
    expect(ids, `${status} to ${user}`).to.have.members(model.friends(user, status).map(idOf));
  }
  expect((await get("/v1/me")).json().used.photos, `${user}'s use`).to.equal(model.photosUsed(user));
}

/** Expects of every permalink that it opens where the model has it so; resolves to the URLs that they lead to. */
export async function expectPermalinks({ model, photos, open }: World): Promise<Handed[]> {
  const handed: Handed[] = [];
  for (const [photo, id] of photos.entries()) {
    const { statusCode, headers } = await open({ url: `/p/${id}/640` });
    expect(statusCode, `permalink of photo ${photo}`).to.equal(model.permalinkOpens(photo) ? 302 : 404);
    if (headers.location) handed.push({ url: headers.location });
  }
  return handed;
}

/** Expects of every link that it opens what the model has it open; resolves to the URLs that are there. */
export async function expectLinks(world: World): Promise<Handed[]> {
  const handed: Handed[] = [];
  for (const [index, { token }] of world.links.entries()) {
    const url = `/v1/links/${token}`;
    const unlock = (guess: string) => world.open({ method: "POST", url, payload: { password: guess } });
    handed.push(...expectOpened(world, index, "none", await world.open({ url })));
    if (!world.model.links[index]?.password) continue;
    handed.push(...expectOpened(world, index, "wrong", await unlock("open barley")));
    handed.push(...expectOpened(world, index, "right", await unlock(password)));
  }
  return handed;
}

function expectOpened(
  { model, photos }: World,
  link: number,
  tried: "none" | "right" | "wrong",
  answer: LightMyRequestResponse,
): Handed[] {
  const what = `link ${link} with ${tried} password`;
  const expected = model.opened(link, tried);
  const status = expected === "nothing" ? 404 : expected === "password" ? 401 : 200;
  expect(answer.statusCode, what).to.equal(status);
  if (typeof expected === "string") return [];

  const { items, ...single }: Viewed & Partial<List<Viewed>> = answer.json();
  const shown = (items ?? [single]).map(({ photo, ...rest }) => ({ photo: photos.indexOf(photo.id), ...rest }));
  expect(
    shown.map(({ photo }) => photo),
    what,
  ).to.deep.equal(expected.photos);
  return shown.flatMap(({ photo, urls, expiresAt }) => {
    expect("original" in urls, `original of photo ${photo} by ${what}`).to.equal(expected.originals);
    return Object.values(urls).map((url) => ({ url, expiresAt, linkEndsAt: expected.endsAt }));
  });
}
