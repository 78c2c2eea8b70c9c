import { setTimeout as delay } from "node:timers/promises";
import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Cloud } from "../../../cloud.ts";
import type { App } from "../journey.ts";

export interface SentUpload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

export interface SoakUserOptions {
  readonly cloud: Cloud;
  readonly app: App;
  /** The administrator's hand. */
  readonly dynamoDb: DynamoDBClient;
  readonly pictures: readonly Buffer[];
  /** From 0 up to 1, of a seed. */
  readonly random: () => number;
}

const longAgo = "2026-01-01T00:00:00.000Z";

/** One of several users, and what they do to photos. Every method rejects when the answer is another than it must be. */
export class SoakUser {
  readonly cloud: Cloud;
  readonly app: App;
  readonly random: () => number;
  readonly #options: SoakUserOptions;

  constructor(options: SoakUserOptions) {
    this.#options = options;
    this.cloud = options.cloud;
    this.app = options.app;
    this.random = options.random;
  }

  /** A small JPEG. */
  picture(): Buffer {
    const { pictures, random } = this.#options;
    const picture = pictures[Math.trunc(random() * pictures.length)];
    if (!picture) throw new TypeError("There are no pictures to send");
    return picture;
  }

  async reserve(announced: object): Promise<{ id: string; upload: SentUpload }> {
    const request = { contentType: "image/jpeg", ...announced };
    const { photo, upload } = await this.app.ask<{ photo: { id: string }; upload: SentUpload }>(
      "POST",
      "/v1/photos",
      request,
    );
    return { id: photo.id, upload };
  }

  put(upload: SentUpload, bytes: Buffer): Promise<Response> {
    return this.send(upload, bytes, [200]);
  }

  async send({ url, headers }: SentUpload, bytes: Buffer, statuses: readonly number[]): Promise<Response> {
    const answer = await fetch(url, { method: "PUT", headers, body: new Uint8Array(bytes) });
    return expectStatus(answer, statuses, "PUT");
  }

  async post({ url, fields }: SentUpload, bytes: Buffer): Promise<void> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(bytes)]));
    await expectStatus(await fetch(url, { method: "POST", body: form }), [204], "POST of a form");
  }

  /** Sends the only part of an upload, and resolves to its ETag. */
  async part(id: string, bytes: Buffer): Promise<string> {
    const { parts } = await this.app.ask<{ parts: SentUpload[] }>("POST", `/v1/photos/${id}/multipart/parts`, {
      partNumbers: [1],
    });
    const [part] = parts;
    if (!part) throw new TypeError(`Photo ${id} has no part`);
    return (await this.put(part, bytes)).headers.get("etag") ?? "";
  }

  async complete(id: string, etag: string): Promise<void> {
    await this.expect(200, "POST", `/v1/photos/${id}/multipart/complete`, { parts: [{ partNumber: 1, etag }] });
  }

  async delete(id: string): Promise<void> {
    const answer = await this.app.call("POST", `/v1/photos/${id}/delete-url`);
    const { url, headers } = (await answer.json()) as SentUpload;
    await expectStatus(await fetch(url, { method: "DELETE", headers }), [204], "DELETE");
  }

  async expect(status: number, method: string, path: string, body?: unknown): Promise<void> {
    await expectStatus(await this.app.call(method, path, body), [status], `${method} ${path}`);
  }

  /** Waits until the worker has decided. */
  async settled(id: string, status: string): Promise<void> {
    for (;;) {
      const { photo } = await this.app.photo(id);
      if (photo.status === status) return;
      if (!["pending", "processing"].includes(photo.status)) {
        throw new Error(`Photo ${id} became ${photo.status} (${photo.reason}), not ${status}`);
      }
      await delay(250);
    }
  }

  /** Makes it as if a photo had been in the trash for longer than 30 days. */
  async backdateTrash(id: string): Promise<void> {
    const { cloud, dynamoDb } = this.#options;
    await dynamoDb.send(
      new UpdateItemCommand({
        TableName: cloud.table,
        Key: { pk: { S: `PHOTO#${id}` }, sk: { S: "PHOTO" } },
        UpdateExpression: "SET trashedAt = :time, gsi4sk = :due",
        ExpressionAttributeValues: {
          ":time": { S: longAgo },
          ":due": { S: `${new Date(Date.parse(longAgo) + 30 * 86_400_000).toISOString()}#PHOTO#${id}` },
        },
      }),
    );
  }
}

async function expectStatus(answer: Response, statuses: readonly number[], what: string): Promise<Response> {
  if (statuses.includes(answer.status)) return answer;
  throw new Error(`${what} answered ${answer.status}, not ${statuses.join(" or ")}: ${await answer.text()}`);
}
