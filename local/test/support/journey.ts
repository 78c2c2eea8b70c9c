import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CognitoIdentityProviderClient, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { PutObjectCommand, type S3ServiceException } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { Cloud } from "../../cloud.ts";
import { declaredSigningApi } from "../../declared.ts";
import { samplePhoto } from "../../walkthrough.ts";
import { s3ClientOf } from "./test-cloud.ts";

/** The step of the journey that the platform refused, for tests that take something away and want to see it missed. */
export class JourneyError extends Error {
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

interface PhotoAnswer {
  photo: { id: string; ownerId: string; status: string; reason?: string; width?: number; height?: number };
  urls?: Record<string, string>;
}

interface ReservationAnswer {
  photo: { id: string; ownerId: string };
  upload: { method: string; url: string; headers: Record<string, string>; expiresAt: string };
}

/** Signs a demo user in as any Cognito client does, by the beginning of their name. */
export async function tokensOf(cloud: Cloud, username: string): Promise<{ access: string; id: string }> {
  const user = cloud.users.find((candidate) => candidate.username.startsWith(username));
  if (!user) throw new Error(`no demo user ${username}`);
  const cognito = new CognitoIdentityProviderClient({ region: cloud.region, endpoint: cloud.identity });
  const answer = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: cloud.clientId,
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  );
  const { AccessToken: access, IdToken: id } = answer.AuthenticationResult ?? {};
  if (!access || !id) throw new Error("the sign-in gave no tokens");
  return { access, id };
}

export async function accessTokenOf(cloud: Cloud, username: string): Promise<string> {
  return (await tokensOf(cloud, username)).access;
}

/** An app's session with the platform: only stock clients and the documented contract. */
export class App {
  readonly #cloud: Cloud;
  readonly #token: string;

  private constructor(cloud: Cloud, token: string) {
    this.#cloud = cloud;
    this.#token = token;
  }

  static async signIn(cloud: Cloud, username: string): Promise<App> {
    return new App(cloud, await accessTokenOf(cloud, username));
  }

  call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#cloud.api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Calls and parses; anything but a 2xx is thrown with what the API said. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.call(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  reserve(bytes: Buffer, contentType: string, announced: { sha256?: string; size?: number; visibility?: string } = {}) {
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    return this.ask<ReservationAnswer>("POST", "/v1/photos", { contentType, size: bytes.length, sha256, ...announced });
  }

  async upload(bytes: Buffer, contentType: string, announced?: Parameters<App["reserve"]>[2]): Promise<string> {
    const { photo, upload } = await this.reserve(bytes, contentType, announced);
    const put = await fetch(upload.url, { method: "PUT", headers: upload.headers, body: new Uint8Array(bytes) });
    if (!put.ok) throw new Error(`the PUT was refused with ${put.status}: ${await put.text()}`);
    return photo.id;
  }

  photo(id: string): Promise<PhotoAnswer> {
    return this.ask("GET", `/v1/photos/${id}`);
  }

  /** Waits, bounded, until the worker has decided on an upload. */
  async settled(id: string, limitMs = 15_000): Promise<PhotoAnswer> {
    return eventually(`photo ${id} is ready or rejected`, limitMs, async () => {
      const answer = await this.photo(id);
      return ["ready", "rejected"].includes(answer.photo.status) ? answer : undefined;
    });
  }
}

/** Polls until `attempt` gives something; after `limitMs` it throws, naming what it waited for. */
export async function eventually<T>(what: string, limitMs: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`gave up after ${limitMs / 1000} s waiting until ${what}`);
    await delay(50);
  }
}

/** A page of the stack's own web app. */
function webOrigin(cloud: Cloud): string {
  const [origin] = declaredSigningApi(cloud.recording).environment.LATCHKEY_WEB_ORIGINS?.split(",") ?? [];
  return origin || expect.fail("the stack names no web origin");
}

export interface JourneyOptions {
  /** How long to wait for the worker; short where the test expects it never to come. */
  readonly patienceMs?: number;
}

/** A photo goes in and comes out: everything that the platform promises on its main path. Throws JourneyError. */
export async function takeJourney(cloud: Cloud, { patienceMs = 15_000 }: JourneyOptions = {}): Promise<void> {
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw new JourneyError(name, error);
    }
  };
  const bytes = await readFile(samplePhoto);
  const [olga, fred] = await step("sign in", () => Promise.all([App.signIn(cloud, "olga"), App.signIn(cloud, "fred")]));
  const { photo, upload } = await step("reserve", () => olga.reserve(bytes, "image/jpeg"));

  await step("let a browser of the web app ask S3 before it uploads", async () => {
    const origin = webOrigin(cloud);
    const preflight = await fetch(upload.url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": Object.keys(upload.headers).sort().join(","),
      },
    });
    expect(preflight.status).to.equal(200);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal(origin);
  });
  await step("upload by the presigned PUT", async () => {
    const origin = webOrigin(cloud);
    const put = await fetch(upload.url, {
      method: "PUT",
      headers: { ...upload.headers, origin },
      body: new Uint8Array(bytes),
    });
    expect(put.status, await put.text()).to.equal(200);
    expect(put.headers.get("access-control-expose-headers")?.toLowerCase()).to.include("etag");
  });
  await step("refuse to overwrite the quarantine, whoever asks", async () => {
    const blindly = new PutObjectCommand({
      Bucket: cloud.bucket,
      Key: `uploads/${photo.ownerId}/${photo.id}`,
      Body: "x",
    });
    const refusal = await s3ClientOf(cloud)
      .send(blindly)
      .catch((error: S3ServiceException) => error);
    expect(refusal).to.have.property("name", "AccessDenied");
  });
  const ready = await step("become ready", async () => {
    await olga.ask("POST", `/v1/photos/${photo.id}/complete`);
    const answer = await olga.settled(photo.id, patienceMs);
    expect(answer.photo.status, answer.photo.reason).to.equal("ready");
    return answer;
  });
  const url = ready.urls?.["640"] ?? "";
  await step("view a rendition, cached, by its signed URL", async () => {
    const [miss, hit] = [await fetch(url), await fetch(url)];
    expect(miss.status, await miss.text()).to.equal(200);
    expect(miss.headers.get("content-type")).to.equal("image/webp");
    expect(miss.headers.get("x-cache")).to.equal("Miss from cloudfront");
    expect(hit.headers.get("x-cache")).to.equal("Hit from cloudfront");
  });
  await step("refuse a viewer without the signature", async () => {
    expect((await fetch(url.replace(/\?.*/, ""))).status).to.equal(403);
  });
  await step("keep the bucket's own door shut", async () => {
    const direct = await fetch(`${cloud.s3}/${cloud.bucket}/media/${photo.id}/640.webp`);
    expect(direct.status).to.equal(403);
  });
  await step("hide a private photo from another user", async () => {
    expect((await fred.call("GET", `/v1/photos/${photo.id}`)).status).to.equal(404);
  });
  await step("let the web ACL turn a bad request away", async () => {
    const overlong = await fetch(`${url}&pad=${"x".repeat(3000)}`);
    expect(overlong.status).to.equal(403);
    expect(await overlong.text()).to.match(/request blocked/i);
  });
  await step("delete by the presigned DELETE, and be refused afterwards", async () => {
    const doomed = await olga.ask<{ url: string; headers: Record<string, string> }>(
      "POST",
      `/v1/photos/${photo.id}/delete-url`,
    );
    const gone = await fetch(doomed.url, { method: "DELETE", headers: doomed.headers });
    expect(gone.status).to.equal(204);
    await eventually("the photo is gone from API and CDN", patienceMs, async () => {
      const [api, media] = [await olga.call("GET", `/v1/photos/${photo.id}`), await fetch(url)];
      return api.status === 404 && media.status !== 200 ? true : undefined;
    });
  });
}
