import { createHash } from "node:crypto";
import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3ClientOf } from "../test-cloud.ts";
import type { SoakUser } from "./soak-user.ts";

/** How a photo must have ended once everything has come to rest. */
export type Ending = "ready" | "trashed" | "rejected" | "pending" | "gone";

/** What an act left behind it. */
export interface Outcome {
  readonly id: string;
  readonly ending: Ending;
}

/** Something that an app, or whoever misuses one, does with one photo. Rejects when the platform answers otherwise than it must. */
export interface Act {
  readonly name: string;
  /** How often it is done, as against the others. */
  readonly weight: number;
  /** Resolves to undefined where no photo came of it. */
  run(user: SoakUser): Promise<Outcome | undefined>;
}

const act = (name: string, weight: number, run: Act["run"]): Act => ({ name, weight, run });

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64");

const readyByPut = async (user: SoakUser): Promise<string> => {
  const bytes = user.picture();
  const { id, upload } = await user.reserve({ size: bytes.length, sha256: sha256(bytes) });
  await user.put(upload, bytes);
  await user.settled(id, "ready");
  return id;
};

const sentAs = async (user: SoakUser, bytes: Buffer): Promise<Outcome> => {
  const { id, upload } = await user.reserve({ size: bytes.length });
  await user.put(upload, bytes);
  return { id, ending: "rejected" };
};

export const acts: readonly Act[] = [
  act("put", 10, async (user) => ({ id: await readyByPut(user), ending: "ready" })),
  act("put, and said so", 3, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length });
    await user.put(upload, bytes);
    await user.app.ask("POST", `/v1/photos/${id}/complete`);
    return { id, ending: "ready" };
  }),
  act("put, and put again", 2, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length });
    await user.put(upload, bytes);
    // Refused while the first lies there, thrown away afterwards.
    await user.send(upload, bytes, [200, 412]);
    return { id, ending: "ready" };
  }),
  act("put of other bytes than were hashed", 1, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length, sha256: sha256(Buffer.from("others")) });
    await user.send(upload, bytes, [400]);
    return { id, ending: "pending" };
  }),
  act("put of another length", 1, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length + 1 });
    const { "content-length": _, ...headers } = upload.headers;
    await user.send({ ...upload, headers }, bytes, [403]);
    return { id, ending: "pending" };
  }),

  act("form", 6, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length, upload: "post" });
    await user.post(upload, bytes);
    return { id, ending: "ready" };
  }),
  act("form, sent twice", 2, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length, upload: "post" });
    await Promise.all([user.post(upload, bytes), user.post(upload, bytes)]);
    return { id, ending: "ready" };
  }),

  act("parts", 6, async (user) => {
    const bytes = user.picture();
    const { id } = await user.reserve({ size: bytes.length, sha256: sha256(bytes), upload: "multipart" });
    await user.complete(id, await user.part(id, bytes));
    return { id, ending: "ready" };
  }),
  act("parts of another whole than was hashed", 1, async (user) => {
    const bytes = user.picture();
    const announced = { size: bytes.length, sha256: sha256(Buffer.from("others")), upload: "multipart" };
    const { id } = await user.reserve(announced);
    await user.complete(id, await user.part(id, bytes));
    return { id, ending: "rejected" };
  }),
  act("parts, left lying", 2, async (user) => {
    const bytes = user.picture();
    const { id } = await user.reserve({ size: bytes.length, upload: "multipart" });
    await user.part(id, bytes);
    return { id, ending: "pending" };
  }),
  act("parts, aborted", 2, async (user) => {
    const bytes = user.picture();
    const { id } = await user.reserve({ size: bytes.length, upload: "multipart" });
    await user.part(id, bytes);
    await user.expect(204, "DELETE", `/v1/photos/${id}/multipart`);
    return { id, ending: "gone" };
  }),

  act("never sent", 2, async (user) => ({ id: (await user.reserve({ size: 1000 })).id, ending: "pending" })),
  act("no picture", 2, (user) => sentAs(user, Buffer.from("<svg onload='alert(1)'/>"))),
  act("half a picture", 2, (user) => sentAs(user, user.picture().subarray(0, 200))),

  act("deleted", 4, async (user) => {
    const id = await readyByPut(user);
    await user.delete(id);
    return { id, ending: "gone" };
  }),
  act("deleted on its way", 3, async (user) => {
    const bytes = user.picture();
    const { id, upload } = await user.reserve({ size: bytes.length });
    await user.put(upload, bytes);
    await user.delete(id);
    return { id, ending: "gone" };
  }),
  act("trashed", 3, async (user) => {
    const id = await readyByPut(user);
    await user.expect(200, "DELETE", `/v1/photos/${id}`);
    return { id, ending: "trashed" };
  }),
  act("trashed and restored", 2, async (user) => {
    const id = await readyByPut(user);
    await user.expect(200, "DELETE", `/v1/photos/${id}`);
    await user.expect(200, "POST", `/v1/photos/${id}/restore`);
    return { id, ending: "ready" };
  }),
  act("trashed long ago", 3, async (user) => {
    const id = await readyByPut(user);
    await user.expect(200, "DELETE", `/v1/photos/${id}`);
    await user.backdateTrash(id);
    return { id, ending: "gone" };
  }),

  act("put with credentials", 2, async (user) => {
    const bytes = user.picture();
    const { id } = await user.reserve({ size: bytes.length });
    await putWithCredentials(user, id, bytes);
    return { id, ending: "ready" };
  }),
  act("put with credentials, to a key of its own", 2, async (user) => {
    await putWithCredentials(user, `holiday/${Math.trunc(user.random() * 1e9)}.jpg`, user.picture());
    return undefined;
  }),
  act("parts with credentials, left lying", 1, async (user) => {
    const { s3, Bucket, prefix } = await withCredentials(user);
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: `${prefix}holiday.jpg` }));
    return undefined;
  }),
];

interface Issued {
  readonly credentials: Readonly<Record<"accessKeyId" | "secretAccessKey" | "sessionToken", string>>;
  readonly bucket: string;
  readonly prefix: string;
}

async function withCredentials({ app, cloud }: SoakUser) {
  const { credentials, bucket: Bucket, prefix } = await app.ask<Issued>("POST", "/v1/credentials");
  return { s3: s3ClientOf(cloud, credentials), Bucket, prefix };
}

async function putWithCredentials(user: SoakUser, name: string, Body: Buffer): Promise<void> {
  const { s3, Bucket, prefix } = await withCredentials(user);
  await s3.send(
    new PutObjectCommand({ Bucket, Key: `${prefix}${name}`, Body, IfNoneMatch: "*", ContentType: "image/jpeg" }),
  );
  s3.destroy();
}
