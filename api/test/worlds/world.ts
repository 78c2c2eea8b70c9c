import { expect } from "chai";
import type { LightMyRequestResponse } from "fastify";
import { v7 as uuidv7 } from "uuid";
import { beginProcessing, markReady } from "../../domain/photo-changes.ts";
import type { TestApp } from "../support/test-app.ts";
import type { Act } from "./acts.ts";
import { NaiveModel, type User, users } from "./naive-model.ts";

/** What somebody was handed out of a photo. */
export interface Handed {
  readonly photo: number;
  readonly urls: Readonly<Record<string, string>>;
}

const waitMinutes = 20;
const minuteMs = 60_000;
const password = "open sesame";

/** One world: users of its own, the model, and the ids of what the model knows by number. */
export function openWorld(test: TestApp, world: number) {
  const model = new NaiveModel();
  const idOf = (name: User) => `${name}-${world}`;
  const photos: string[] = [];
  const albums: string[] = [];
  const links: { readonly id: string; readonly token: string }[] = [];
  const nothing = uuidv7();
  const photoId = (index: number) => photos[index] ?? nothing;
  const albumId = (index: number) => albums[index] ?? nothing;
  const awayFrom = (name: User, steps: number) => users[(users.indexOf(name) + steps) % users.length] ?? name;

  const ask = (name: User, method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url: string, payload?: object) =>
    test.ask(idOf(name), { method, url, ...(payload && { payload }) });
  const statusOf = async (answer: Promise<LightMyRequestResponse>) => (await answer).statusCode;

  /** Does it to both; resolves to what each answers. */
  async function perform(it: Act): Promise<[real: number, expected: number]> {
    switch (it.kind) {
      case "reserve": {
        const body = { contentType: "image/jpeg", size: 1, visibility: it.visibility };
        const answer = await ask(it.user, "POST", "/v1/photos", body);
        const { id } = answer.json().photo;
        photos.push(id);
        if (it.ready) {
          await test.stores.photos.change(id, beginProcessing(test.now));
          await test.stores.photos.change(id, markReady({ width: 4, height: 3 }));
        }
        return [answer.statusCode, model.reserve(it.user, it.visibility, it.ready)];
      }
      case "setVisibility": {
        const { visibility } = it;
        const real = await statusOf(ask(it.user, "PATCH", `/v1/photos/${photoId(it.photo)}`, { visibility }));
        return [real, model.setVisibility(it.user, it.photo, visibility)];
      }
      case "putIntoAlbum": {
        const body = { albumId: albumId(it.album) };
        const real = await statusOf(ask(it.user, "PATCH", `/v1/photos/${photoId(it.photo)}`, body));
        return [real, model.putIntoAlbum(it.user, it.photo, it.album)];
      }
      case "trash": {
        const real = await statusOf(ask(it.user, "DELETE", `/v1/photos/${photoId(it.photo)}`));
        return [real, model.trash(it.user, it.photo)];
      }
      case "restore": {
        const real = await statusOf(ask(it.user, "POST", `/v1/photos/${photoId(it.photo)}/restore`));
        return [real, model.restore(it.user, it.photo)];
      }
      case "makeAlbum": {
        const answer = await ask(it.user, "POST", "/v1/albums", { title: "Lake" });
        albums.push(answer.json().album.id);
        return [answer.statusCode, model.makeAlbum(it.user)];
      }
      case "deleteAlbum": {
        const real = await statusOf(ask(it.user, "DELETE", `/v1/albums/${albumId(it.album)}`));
        return [real, model.deleteAlbum(it.user, it.album)];
      }
      case "appoint": {
        const whom = awayFrom(it.user, it.other);
        const url = `/v1/albums/${albumId(it.album)}/members/${idOf(whom)}`;
        const real = await statusOf(ask(it.user, "PUT", url, { role: it.role }));
        return [real, model.appoint(it.user, it.album, whom, it.role)];
      }
      case "dismiss": {
        const whom = awayFrom(it.user, it.other);
        const real = await statusOf(ask(it.user, "DELETE", `/v1/albums/${albumId(it.album)}/members/${idOf(whom)}`));
        return [real, model.dismiss(it.user, it.album, whom)];
      }
      case "ask": {
        const whom = awayFrom(it.user, it.other);
        return [await statusOf(ask(it.user, "PUT", `/v1/friends/${idOf(whom)}`)), model.ask(it.user, whom)];
      }
      case "part": {
        const whom = awayFrom(it.user, it.other);
        return [await statusOf(ask(it.user, "DELETE", `/v1/friends/${idOf(whom)}`)), model.part(it.user, whom)];
      }
      case "block": {
        const whom = awayFrom(it.user, it.other);
        return [await statusOf(ask(it.user, "PUT", `/v1/blocks/${idOf(whom)}`)), model.block(it.user, whom)];
      }
      case "unblock": {
        const whom = awayFrom(it.user, it.other);
        return [await statusOf(ask(it.user, "DELETE", `/v1/blocks/${idOf(whom)}`)), model.unblock(it.user, whom)];
      }
      case "share": {
        const target = it.what === "photo" ? { photoId: photoId(it.target) } : { albumId: albumId(it.target) };
        const expiresAt = new Date(test.now.getTime() + 30 * minuteMs).toISOString();
        const { allowDownload } = it;
        const answer = await ask(it.user, "POST", "/v1/links", {
          target,
          allowDownload,
          ...(it.short && { expiresAt }),
          ...(it.password && { password }),
        });
        const { link, token } = answer.json();
        if (answer.statusCode === 201) links.push({ id: link.id, token });
        return [answer.statusCode, model.share(it.user, it)];
      }
      case "revoke": {
        const real = await statusOf(ask(it.user, "DELETE", `/v1/links/${links[it.link]?.id ?? nothing}`));
        return [real, model.revoke(it.user, it.link)];
      }
      case "wait":
        test.now = new Date(test.now.getTime() + waitMinutes * minuteMs);
        model.wait(waitMinutes);
        return [0, 0];
    }
  }

  const numbers = (items: readonly { photo: { id: string } }[]) => items.map(({ photo }) => photos.indexOf(photo.id));

  /** Resolves to the URLs that the viewer got. */
  async function expectPhotos(viewer: User): Promise<Handed[]> {
    const handed: Handed[] = [];
    for (const [index, id] of photos.entries()) {
      const answer = await ask(viewer, "GET", `/v1/photos/${id}`);
      const { urls = {} } = answer.json();
      const seen = answer.statusCode === 404 ? "no" : urls.original ? "download" : urls["640"] ? "view" : "metadata";
      expect(seen, `${viewer} of photo ${index}`).to.equal(model.sees(viewer, index));
      const signed = (await ask(viewer, "POST", "/v1/urls", { items: [{ photoId: id }] })).json().items[0];
      expect("url" in signed, `a URL for ${viewer} of photo ${index}`).to.equal(["view", "download"].includes(seen));
      if ("url" in signed) handed.push({ photo: index, urls });
    }
    return handed;
  }

  async function expectLists(viewer: User): Promise<void> {
    for (const owner of users) {
      const { items } = (await ask(viewer, "GET", `/v1/photos?owner=${idOf(owner)}`)).json();
      expect(numbers(items), `${viewer} lists ${owner}'s`).to.deep.equal(model.listed(viewer, owner));
    }
    for (const [index, id] of albums.entries()) {
      const answer = await ask(viewer, "GET", `/v1/albums/${id}/photos`);
      const listed = answer.statusCode === 404 ? undefined : numbers(answer.json().items);
      expect(listed, `${viewer} lists album ${index}`).to.deep.equal(model.albumPhotos(viewer, index));
    }
    const feed = (await ask(viewer, "GET", "/v1/feed")).json();
    expect(numbers(feed.items), `${viewer}'s feed`).to.deep.equal(model.feed(viewer));
    const { used } = (await ask(viewer, "GET", "/v1/me")).json();
    expect(used.photos, `${viewer}'s use`).to.equal(model.photosUsed(viewer));
  }

  async function expectPermalinks(): Promise<void> {
    for (const [index, id] of photos.entries()) {
      const { statusCode } = await test.ask(undefined, { url: `/p/${id}/640` });
      expect(statusCode, `permalink of photo ${index}`).to.equal(model.permalinkOpens(index) ? 302 : 404);
    }
  }

  async function expectLinks(): Promise<void> {
    for (const [index, { token }] of links.entries()) {
      const url = `/v1/links/${token}`;
      const unlock = (guess: string) => test.ask(undefined, { method: "POST", url, payload: { password: guess } });
      expectOpened(index, "none", await test.ask(undefined, { url }));
      if (!model.links[index]?.password) continue;
      expectOpened(index, "wrong", await unlock("open barley"));
      expectOpened(index, "right", await unlock(password));
    }
  }

  function expectOpened(index: number, tried: "none" | "right" | "wrong", answer: LightMyRequestResponse): void {
    const what = `link ${index} with ${tried} password`;
    const expected = model.opened(index, tried);
    if (expected === "no") return void expect(answer.statusCode, what).to.equal(404);
    if (expected === "password") return void expect(answer.statusCode, what).to.equal(401);
    expect(answer.statusCode, what).to.equal(200);
    const { link, items, ...single } = answer.json();
    const shown = items ?? [single];
    expect(numbers(shown), what).to.deep.equal(expected);
    for (const { urls, expiresAt } of shown) {
      expect("original" in urls, `original by ${what}`).to.equal(model.links[index]?.allowDownload);
      expect(new Date(expiresAt).getTime(), `expiry by ${what}`).to.be.at.most(new Date(link.expiresAt).getTime());
    }
  }

  return { perform, expectPhotos, expectLists, expectPermalinks, expectLinks, photos };
}

export type World = ReturnType<typeof openWorld>;
