import { expect } from "chai";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { v7 as uuidv7 } from "uuid";
import type { PhotoId } from "../../domain/photo.ts";
import { beginProcessing, markReady, markRejected, type PhotoChange } from "../../domain/photo-changes.ts";
import type { TestApp } from "../support/test-app.ts";
import { type Act, type Progress, tell, type User } from "./acts.ts";
import { NaiveModel } from "./naive-model.ts";
import { rule } from "./naive-rules.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export const password = "open sesame";
const minuteMs = 60_000;

const stepsTo: Readonly<Record<Progress, (now: Date) => readonly PhotoChange[]>> = {
  pending: () => [],
  processing: (now) => [beginProcessing(now)],
  ready: (now) => [beginProcessing(now), markReady({ width: 4, height: 3 })],
  rejected: (now) => [markRejected("undecodable", now)],
};

/** One world: users of its own, the model, and what the API made, in the order of its making. */
export interface World {
  readonly model: NaiveModel;
  readonly photos: readonly PhotoId[];
  readonly albums: readonly string[];
  readonly links: readonly { readonly id: string; readonly token: string }[];
  idOf(name: User): string;
  ask(name: User, method: Method, url: string, body?: object): Promise<LightMyRequestResponse>;
  /** As nobody. */
  open(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** Does it to both, and expects that they answer alike. */
  perform(act: Act): Promise<void>;
}

export function openWorld(test: TestApp, number: number): World {
  const model = new NaiveModel();
  const photos: PhotoId[] = [];
  const albums: string[] = [];
  const links: { id: string; token: string }[] = [];
  const nothing = uuidv7();
  const tokens = new Map<string, Promise<string>>();

  const idOf = (name: User) => `${name}-${number}`;

  /** Made once for each moment: that takes as long as half of a request. */
  function tokenOf(name: User): Promise<string> {
    const key = `${name} ${test.now.getTime()}`;
    const token = tokens.get(key) ?? test.token(idOf(name));
    tokens.set(key, token);
    return token;
  }

  async function ask(name: User, method: Method, url: string, payload?: object): Promise<LightMyRequestResponse> {
    const headers = { authorization: `Bearer ${await tokenOf(name)}` };
    return test.ask(undefined, { method, url, headers, ...(payload && { payload }) });
  }

  /** As the worker does it. */
  async function advance(id: PhotoId, progress: Progress): Promise<void> {
    const steps = stepsTo[progress](test.now);
    if (steps.length > 0) await test.stores.photos.change(id, (photo) => steps.reduce((it, step) => step(it), photo));
  }

  /** Resolves to the status of the answer, or 0 where nobody was asked. */
  async function carryOut(act: Act): Promise<number> {
    const album = albums[act.album] ?? nothing;
    const photo = photos[act.photo] ?? nothing;
    const [albumUrl, photoUrl] = [`/v1/albums/${album}`, `/v1/photos/${photo}`];
    const other = idOf(act.other);
    const status = async (...request: [Method, string, object?]) => (await ask(act.user, ...request)).statusCode;

    switch (act.kind) {
      case "reserve":
      case "reserveInto": {
        const { visibility, progress } = act;
        const into = act.kind === "reserveInto" && { albumId: album };
        const body = { contentType: "image/jpeg", size: 1, visibility, ...into };
        const answer = await ask(act.user, "POST", "/v1/photos", body);
        if (answer.statusCode === 201) {
          photos.push(answer.json().photo.id);
          await advance(answer.json().photo.id, progress);
        }
        return answer.statusCode;
      }
      case "process":
        await advance(photo, act.progress);
        return 0;
      case "look":
        return status("GET", photoUrl);
      case "askCookies":
        return status("POST", "/v1/cookies", { photoId: photo });
      case "askDeleteUrl":
        return status("POST", `${photoUrl}/delete-url`);
      case "complete":
        return status("POST", `${photoUrl}/complete`);
      case "trash":
        return status("DELETE", photoUrl);
      case "restore":
        return status("POST", `${photoUrl}/restore`);
      case "setVisibility":
        return status("PATCH", photoUrl, { visibility: act.visibility });
      case "putInto":
        return status("PATCH", photoUrl, { albumId: album });
      case "takeBack":
        return status("PATCH", photoUrl, { albumId: null });
      case "takeOut":
        return status("DELETE", `${albumUrl}/photos/${photo}`);
      case "makeAlbum": {
        const answer = await ask(act.user, "POST", "/v1/albums", { title: "Lake" });
        albums.push(answer.json().album.id);
        return answer.statusCode;
      }
      case "renameAlbum":
        return status("PATCH", albumUrl, { title: "Sea" });
      case "deleteAlbum":
        return status("DELETE", albumUrl);
      case "appoint":
        return status("PUT", `${albumUrl}/members/${other}`, { role: act.role });
      case "dismiss":
        return status("DELETE", `${albumUrl}/members/${other}`);
      case "befriend":
        return status("PUT", `/v1/friends/${other}`);
      case "part":
        return status("DELETE", `/v1/friends/${other}`);
      case "block":
        return status("PUT", `/v1/blocks/${other}`);
      case "unblock":
        return status("DELETE", `/v1/blocks/${other}`);
      case "sharePhoto":
      case "shareAlbum": {
        const { allowDownload } = act;
        const answer = await ask(act.user, "POST", "/v1/links", {
          target: act.kind === "sharePhoto" ? { photoId: photo } : { albumId: album },
          allowDownload,
          ...(act.short && { expiresAt: new Date(test.now.getTime() + 30 * minuteMs).toISOString() }),
          ...(act.password && { password }),
        });
        const { link, token } = answer.json();
        if (answer.statusCode === 201) links.push({ id: link.id, token });
        return answer.statusCode;
      }
      case "revoke":
        return status("DELETE", `/v1/links/${links[act.link]?.id ?? nothing}`);
      case "wait":
        test.now = new Date(test.now.getTime() + act.minutes * minuteMs);
        return 0;
    }
  }

  return {
    model,
    photos,
    albums,
    links,
    idOf,
    ask,
    open: (request) => test.ask(undefined, request),
    async perform(act) {
      const [status, effect] = rule(model, act);
      expect(await carryOut(act), tell(act)).to.equal(status);
      effect?.();
    },
  };
}
