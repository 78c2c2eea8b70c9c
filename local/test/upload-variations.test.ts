import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { samplePhoto } from "../walkthrough.ts";
import { App } from "./support/journey.ts";
import { largePhoto } from "./support/large-photo.ts";
import { s3ClientOf, startTestCloud, type TestCloud } from "./support/test-cloud.ts";
import { until } from "./support/until.ts";

interface Reservation<Upload> {
  readonly photo: { readonly id: string };
  readonly upload: Upload;
}

interface Put {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Form {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface PresignedPart {
  readonly partNumber: number;
  readonly url: string;
}

/** An upload as its holder would send it, and what they change of it first. */
interface Sent {
  readonly url: string;
  /** Headers of a PUT, fields of a form. */
  readonly values: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

type Change = (sent: Sent) => Sent;
type Refusal = readonly [title: string, change: Change, status: number, code: string];

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64");
const values =
  (change: Readonly<Record<string, string>>): Change =>
  (sent) => ({
    ...sent,
    values: { ...sent.values, ...change },
  });
const without =
  (name: string): Change =>
  (sent) => {
    const { [name]: _, ...rest } = sent.values;
    return { ...sent, values: rest };
  };
const bytes =
  (change: (bytes: Buffer) => Buffer): Change =>
  (sent) => ({ ...sent, bytes: change(sent.bytes) });
const longer = bytes((all) => Buffer.concat([all, Buffer.from("x")]));
const shorter = bytes((all) => all.subarray(1));
const others = bytes((all) => Buffer.from(all.map((byte) => byte ^ 1)));
const elsewhere: Change = (sent) => ({ ...sent, url: sent.url.replace("/uploads/", "/originals/") });

const partSize = 5 * 1024 ** 2;

/** The first part of an upload, as long as it is announced. */
function part(presigned: PresignedPart | undefined): Sent {
  return { url: presigned?.url ?? "", values: {}, bytes: Buffer.alloc(partSize) };
}

function renamed(sent: Sent, from: string | RegExp, to: string): Sent {
  return { ...sent, url: sent.url.replace(from, to) };
}

function withUploadIdOf(other: PresignedPart | undefined, mine: PresignedPart | undefined): string {
  const uploadId = /uploadId=[^&]+/;
  return mine?.url.replace(uploadId, uploadId.exec(other?.url ?? "")?.[0] ?? "") ?? "";
}

describe("An upload request that is not sent as it was handed out", () => {
  let cloud: TestCloud;
  let olga: App;
  let photo: Buffer;
  before(async () => {
    cloud = await startTestCloud();
    olga = await App.signIn(cloud, "olga");
    photo = await readFile(samplePhoto);
  });
  after(() => cloud.stop());

  const reserve = <Upload>(upload: "put" | "post", content = photo) =>
    olga.ask<Reservation<Upload>>("POST", "/v1/photos", {
      contentType: "image/jpeg",
      size: content.length,
      sha256: sha256(content),
      upload,
    });

  async function begin(content: Buffer = Buffer.alloc(partSize + 9)): Promise<string> {
    const announced = { contentType: "image/jpeg", size: content.length, sha256: sha256(content), upload: "multipart" };
    return (await olga.ask<Reservation<object>>("POST", "/v1/photos", announced)).photo.id;
  }

  const partsOf = async (id: string, partNumbers: number[]) =>
    (await olga.ask<{ parts: PresignedPart[] }>("POST", `/v1/photos/${id}/multipart/parts`, { partNumbers })).parts;

  /** Everything below a prefix, delete markers and old versions included. */
  async function stored(prefix: string): Promise<number> {
    const answer = await s3ClientOf(cloud).send(
      new ListObjectVersionsCommand({ Bucket: cloud.bucket, Prefix: prefix }),
    );
    return (answer.Versions ?? []).length + (answer.DeleteMarkers ?? []).length;
  }

  async function expectNothingOf(id: string): Promise<void> {
    expect(await stored("uploads/")).to.equal(0);
    expect(await stored(`originals/${id}`)).to.equal(0);
    const { photo } = await olga.ask<{ photo: { status: string } }>("GET", `/v1/photos/${id}`);
    expect(photo.status).to.equal("pending");
  }

  const isSettled = async (id: string) =>
    (await olga.ask<{ photo: { status: string } }>("GET", `/v1/photos/${id}`)).photo.status === "ready";

  const put = ({ url, values, bytes }: Sent) =>
    fetch(url, { method: "PUT", headers: values, body: new Uint8Array(bytes) });

  function post({ url, values, bytes }: Sent): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(bytes)]), "photo.jpg");
    return fetch(url, { method: "POST", body: form });
  }

  async function expectRefusal(answer: Response, status: number, code: string): Promise<void> {
    const text = await answer.text();
    expect({ status: answer.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] }, text).to.deep.equal({
      status,
      code,
    });
  }

  const other = sha256(randomBytes(8));
  const unsigned = [403, "SignatureDoesNotMatch"] as const;
  const refusedPuts: Refusal[] = [
    ["with one byte more", longer, ...unsigned],
    ["with one byte less", shorter, ...unsigned],
    ["with other bytes", others, 400, "BadDigest"],
    ["with the hash of other bytes", values({ "x-amz-checksum-sha256": other }), ...unsigned],
    ["without the hash", without("x-amz-checksum-sha256"), ...unsigned],
    ["as another type", values({ "content-type": "text/html" }), ...unsigned],
    ["without a type", without("content-type"), ...unsigned],
    ["without If-None-Match", without("if-none-match"), ...unsigned],
    ["under another key", elsewhere, ...unsigned],
    ["with another storage class", values({ "x-amz-storage-class": "GLACIER" }), 403, "AccessDenied"],
    ["with an ACL", values({ "x-amz-acl": "public-read" }), 403, "AccessDenied"],
    ["with metadata", values({ "x-amz-meta-cache-tag": "all" }), 403, "AccessDenied"],
  ];
  for (const [title, change, status, code] of refusedPuts) {
    it(`is refused as a PUT ${title}`, async () => {
      const { photo: reserved, upload } = await reserve<Put>("put");
      const sent = change({ url: upload.url, values: upload.headers, bytes: photo });
      // The client computes the length itself.
      const { "content-length": _, ...headers } = sent.values;
      await expectRefusal(await put({ ...sent, values: headers }), status, code);
      await expectNothingOf(reserved.id);
    });
  }

  const refusedForms: Refusal[] = [
    ["with one byte more", longer, 400, "EntityTooLarge"],
    ["with one byte less", shorter, 400, "BadDigest"],
    ["with other bytes", others, 400, "BadDigest"],
    ["with the hash of other bytes", values({ "x-amz-checksum-sha256": other }), 403, "AccessDenied"],
    ["without the hash", without("x-amz-checksum-sha256"), 403, "AccessDenied"],
    ["as another type", values({ "Content-Type": "text/html" }), 403, "AccessDenied"],
    ["without a type", without("Content-Type"), 403, "AccessDenied"],
    ["under another key", values({ key: "originals/mine" }), 403, "AccessDenied"],
    ["with a redirect", values({ success_action_redirect: "https://evil.example" }), 403, "AccessDenied"],
    ["with an ACL", values({ acl: "public-read" }), 403, "AccessDenied"],
    ["with metadata", values({ "x-amz-meta-cache-tag": "all" }), 403, "AccessDenied"],
    ["with a policy of the holder's own", values({ Policy: btoa('{"conditions":[]}') }), 403, "SignatureDoesNotMatch"],
  ];
  for (const [title, change, status, code] of refusedForms) {
    it(`is refused as a form ${title}`, async () => {
      const { photo: reserved, upload } = await reserve<Form>("post");
      const sent = change({ url: upload.url, values: upload.fields, bytes: photo });
      await expectRefusal(await post(sent), status, code);
      await expectNothingOf(reserved.id);
    });
  }

  const lengths: Refusal[] = [
    ["with one byte more", longer, 400, "EntityTooLarge"],
    ["with one byte less", shorter, 400, "EntityTooSmall"],
  ];
  for (const [title, change, status, code] of lengths) {
    it(`is refused as a form ${title}, though no hash was announced`, async () => {
      const announced = { contentType: "image/jpeg", size: photo.length, upload: "post" };
      const { photo: reserved, upload } = await olga.ask<Reservation<Form>>("POST", "/v1/photos", announced);
      const sent = change({ url: upload.url, values: upload.fields, bytes: photo });
      await expectRefusal(await post(sent), status, code);
      await expectNothingOf(reserved.id);
    });
  }

  it("is taken as a form that is sent as it is, and makes a photo", async () => {
    const { photo: reserved, upload } = await reserve<Form>("post");
    const answer = await post({ url: upload.url, values: upload.fields, bytes: photo });
    expect(answer.status, await answer.text()).to.equal(204);
    await until(() => isSettled(reserved.id));
  });

  const inParts: [title: string, send: (parts: readonly PresignedPart[], other: readonly PresignedPart[]) => Sent][] = [
    ["with one byte more", ([first]) => longer(part(first))],
    ["with one byte less", ([first]) => shorter(part(first))],
    ["under another number", ([first]) => renamed(part(first), "partNumber=1&", "partNumber=2&")],
    ["of another upload", ([first], [other]) => ({ ...part(first), url: withUploadIdOf(other, first) })],
    ["to another key", ([first]) => elsewhere(part(first))],
    ["as a whole object", ([first]) => renamed(part(first), /partNumber=1&uploadId=[^&]+&/, "")],
  ];
  for (const [title, send] of inParts) {
    it(`is refused as a part ${title}`, async () => {
      const [id, other] = [await begin(), await begin()];
      const [mine, others] = [await partsOf(id, [1, 2]), await partsOf(other, [1])];
      await expectRefusal(await put(send(mine, others)), ...unsigned);
      for (const each of [id, other]) {
        expect((await olga.ask<{ parts: object[] }>("GET", `/v1/photos/${each}/multipart/parts`)).parts).to.deep.equal(
          [],
        );
        await expectNothingOf(each);
      }
    });
  }

  it("is taken in parts that are sent as they are, once all are there, and makes a photo", async () => {
    const jpeg = await largePhoto(6 * 1024 ** 2);
    const id = await begin(jpeg);
    const sent = await Promise.all(
      (await partsOf(id, [1, 2])).map(async ({ partNumber, url }) => {
        const bytes = jpeg.subarray((partNumber - 1) * partSize, partNumber * partSize);
        const answer = await put({ url, values: {}, bytes });
        expect(answer.status, await answer.text()).to.equal(200);
        return { partNumber, etag: answer.headers.get("etag") };
      }),
    );
    const complete = (parts: object[]) => olga.call("POST", `/v1/photos/${id}/multipart/complete`, { parts });
    const early = await complete(sent.slice(0, 1));
    expect([early.status, ((await early.json()) as { code: string }).code]).to.deep.equal([422, "PARTS_MISMATCH"]);
    await expectNothingOf(id);
    expect((await complete(sent)).status).to.equal(200);
    await until(() => isSettled(id));
    expect((await complete(sent)).status).to.equal(200);
    expect((await stored("uploads/")) + (await stored(`originals/${id}`))).to.equal(1);
  });

  it("is refused as a PUT the second time", async () => {
    // The worker empties the quarantine, so that the second one has to come before it; a PUT waits for nothing.
    const { photo: reserved, upload } = await reserve<Put>("put");
    const { "content-length": _, ...headers } = upload.headers;
    const sent = { url: upload.url, values: headers, bytes: photo };
    const answers = await Promise.all([put(sent), put(sent), put(sent)]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).to.have.length(1);
    await until(() => isSettled(reserved.id));
    await until(async () => (await stored("uploads/")) === 0);
  });

  it("changes nothing as a form the second time, before the worker or after it", async () => {
    const { photo: reserved, upload } = await reserve<Form>("post");
    const sent = { url: upload.url, values: upload.fields, bytes: photo };
    await Promise.all([post(sent), post(sent)]);
    await until(() => isSettled(reserved.id));
    const before = await stored(`originals/${reserved.id}`);
    expect((await post(sent)).status).to.equal(204);
    await until(async () => (await stored("uploads/")) === 0);
    expect(await stored(`originals/${reserved.id}`)).to.equal(before);
    expect(await isSettled(reserved.id)).to.equal(true);
  });
});
