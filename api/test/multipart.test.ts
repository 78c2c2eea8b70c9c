import { createHash } from "node:crypto";
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { exampleEnvironment } from "../example-environment.ts";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const mebibyte = 1024 ** 2;
const partSize = 5 * mebibyte;
const Bucket = exampleEnvironment.LATCHKEY_BUCKET;

interface Part {
  readonly partNumber: number;
  readonly etag: string;
}

describe("Uploads in parts", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());
  beforeEach(() => {
    test.now = noon;
  });

  const ask = (method: "GET" | "POST" | "DELETE", path: string, payload?: object, userId = "olga") => {
    const request: InjectOptions = { method, url: `/v1/photos${path}`, ...(payload && { payload }) };
    return test.ask(userId, request);
  };
  const reserve = (size: number) => ask("POST", "", { contentType: "image/jpeg", size, upload: "multipart" });
  const client = () => test.s3.client(undefined, { requestChecksumCalculation: "WHEN_REQUIRED" });

  async function begin(size: number): Promise<{ id: string; uploadId: string }> {
    const { photo, upload } = (await reserve(size)).json();
    return { id: photo.id, uploadId: upload.uploadId };
  }

  /** Sends a part past the API, as long as it is told to be. */
  async function send({ id, uploadId }: { id: string; uploadId: string }, partNumber: number, size: number) {
    const { ETag = "" } = await client().send(
      new UploadPartCommand({
        ...{ Bucket, Key: `uploads/olga/${id}`, UploadId: uploadId, PartNumber: partNumber },
        Body: Buffer.alloc(size, partNumber),
      }),
    );
    return { partNumber, etag: ETag };
  }

  const complete = (id: string, parts: readonly Part[]) => ask("POST", `/${id}/multipart/complete`, { parts });
  const usage = async () => (await test.ask("olga", { url: "/v1/me" })).json().used;

  const plans: [size: number, partSize: number, partCount: number][] = [
    [1, partSize, 1],
    [partSize, partSize, 1],
    [partSize + 1, partSize, 2],
    [50_000_000, partSize, 10],
  ];
  for (const [size, ...plan] of plans) {
    it(`of ${size} bytes are planned as ${plan[1]} of ${plan[0]}`, async () => {
      const response = await reserve(size);
      expect(response.statusCode).to.equal(201);
      const { photo, upload } = response.json();
      expect(photo).to.include({ status: "pending", size });
      expect(upload).to.include({ method: "MULTIPART", partSize: plan[0], partCount: plan[1] });
      expect(upload.expiresAt).to.equal(new Date(noon.getTime() + 7 * 86_400_000).toISOString());
      expect((await test.stores.photos.find(photo.id))?.multipart).to.deep.equal({
        partSize: plan[0],
        uploadId: upload.uploadId,
      });
    });
  }

  it("have URLs for a quarter of an hour, that pin the length of each part, the last one's too", async () => {
    const { id, uploadId } = await begin(partSize + 7);
    const response = await ask("POST", `/${id}/multipart/parts`, { partNumbers: [2, 1] });
    expect(response.statusCode).to.equal(200);
    const { parts } = response.json();
    const lengths = parts.map((part: { partNumber: number; headers: object }) => [part.partNumber, part.headers]);
    expect(lengths).to.deep.equal([
      [2, { "content-length": "7" }],
      [1, { "content-length": String(partSize) }],
    ]);
    const { searchParams, pathname } = new URL(parts[0].url);
    expect(pathname).to.equal(`/uploads/olga/${id}`);
    expect(Object.fromEntries(searchParams)).to.include({
      uploadId,
      partNumber: "2",
      "X-Amz-SignedHeaders": "content-length;host",
      "X-Amz-Expires": "900",
    });
  });

  it("are listed as far as they have come, and completed once all are there", async () => {
    const upload = await begin(partSize + 7);
    expect((await ask("GET", `/${upload.id}/multipart/parts`)).json()).to.deep.equal({
      partSize,
      partCount: 2,
      parts: [],
    });
    const second = await send(upload, 2, 7);
    const etag = second.etag.replaceAll('"', "");
    expect((await ask("GET", `/${upload.id}/multipart/parts`)).json()).to.deep.include({
      parts: [{ partNumber: 2, etag, size: 7 }],
    });
    const first = await send(upload, 1, partSize);
    for (const attempt of [1, 2, 3]) {
      const response = await complete(upload.id, [first, { partNumber: 2, etag }]);
      expect(response.statusCode, `attempt ${attempt}: ${response.body}`).to.equal(200);
      expect(response.json().photo).to.include({ id: upload.id, status: "processing" });
    }
    const over = await ask("GET", `/${upload.id}/multipart/parts`);
    expect([over.statusCode, over.json().code]).to.deep.equal([409, "NO_MULTIPART_UPLOAD"]);
  });

  it("answer the photo also to the request that comes second at the same moment", async () => {
    const upload = await begin(7);
    const parts = [await send(upload, 1, 7)];
    const answers = await Promise.all([1, 2, 3, 4].map(() => complete(upload.id, parts)));
    expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal([200, 200, 200, 200]);
    expect(await test.stores.photos.find(upload.id)).to.include({ status: "processing" });
  });

  describe("are not completed", () => {
    let upload: { id: string; uploadId: string };
    let parts: readonly Part[];
    before(async () => {
      upload = await begin(2 * partSize + 7);
      parts = [await send(upload, 1, partSize), await send(upload, 2, partSize), await send(upload, 3, 7)];
    });
    const other = { partNumber: 2, etag: "0".repeat(32) };
    const lists: [string, (all: readonly Part[]) => readonly Part[], string][] = [
      ["with a part missing at the end", (all) => all.slice(0, 2), "The upload has 3 parts; 2 were listed"],
      ["with a part missing in the middle", ([a, , c]) => [a, c] as Part[], "Part 3 stands where part 2 belongs"],
      ["reordered", ([a, b, c]) => [a, c, b] as Part[], "Part 3 stands where part 2 belongs"],
      ["with a part twice", ([a, b]) => [a, b, b] as Part[], "Part 2 stands where part 3 belongs"],
      ["with another ETag", ([a, , c]) => [a, other, c] as Part[], "Part 2 has another ETag"],
      ["with ETags that changed places", (all) => swapped(all), "Part 1 has another ETag"],
      [
        "with a part too many",
        (all) => [...all, { partNumber: 4, etag: other.etag }],
        "The upload has 3 parts; 4 were listed",
      ],
    ];
    for (const [title, change, detail] of lists) {
      it(title, async () => {
        const response = await complete(upload.id, change(parts));
        expect([response.statusCode, response.json().code]).to.deep.equal([422, "PARTS_MISMATCH"]);
        expect(response.json().detail).to.include(detail);
        expect(await test.stores.photos.find(upload.id)).to.include({ status: "pending" });
      });
    }

    it("while a part has another length than planned", async () => {
      const short = await begin(2 * partSize);
      const wrong = [await send(short, 1, partSize), await send(short, 2, 9)];
      const response = await complete(short.id, wrong);
      expect(response.statusCode).to.equal(422);
      expect(response.json().detail).to.include(`Part 2 has 9 bytes and should have ${partSize}`);
    });

    it("while a part has not arrived", async () => {
      const response = await complete(
        (await begin(7)).id,
        [other].map((part) => ({ ...part, partNumber: 1 })),
      );
      expect([response.statusCode, response.json().detail]).to.deep.equal([
        422,
        "Part 1 has not arrived; send it first",
      ]);
    });
  });

  describe("with a hash for each part", () => {
    const hashed = async () => {
      const payload = { contentType: "image/jpeg", size: 7, upload: "multipart", partHashes: true };
      const { photo, upload } = (await ask("POST", "", payload)).json();
      return { id: photo.id as string, uploadId: upload.uploadId as string };
    };
    const bytes = Buffer.alloc(7, 1);
    const sha256 = createHash("sha256").update(bytes).digest("base64");

    it("pin it in each URL, list it, and are completed by it", async () => {
      const { id, uploadId } = await hashed();
      const response = await ask("POST", `/${id}/multipart/parts`, { partNumbers: [1], sha256: { 1: sha256 } });
      const [part] = response.json().parts;
      expect(part.headers).to.deep.equal({ "content-length": "7", "x-amz-checksum-sha256": sha256 });
      expect(new URL(part.url).searchParams.get("X-Amz-SignedHeaders")).to.include("x-amz-checksum-sha256");
      const target = { Bucket, Key: `uploads/olga/${id}`, UploadId: uploadId, PartNumber: 1 };
      const { ETag = "" } = await client().send(
        new UploadPartCommand({ ...target, Body: bytes, ChecksumSHA256: sha256 }),
      );
      const listed = (await ask("GET", `/${id}/multipart/parts`)).json().parts;
      expect(listed).to.deep.equal([{ partNumber: 1, etag: ETag.replaceAll('"', ""), size: 7, sha256 }]);
      expect((await complete(id, [{ partNumber: 1, etag: ETag }])).json().photo).to.include({ status: "processing" });
    });

    it("have no URL without it, nor with it where none was promised", async () => {
      const without = await ask("POST", `/${(await hashed()).id}/multipart/parts`, { partNumbers: [1] });
      const unpromised = await ask("POST", `/${(await begin(7)).id}/multipart/parts`, {
        partNumbers: [1],
        sha256: { 1: sha256 },
      });
      for (const { statusCode, body } of [without, unpromised]) {
        expect([statusCode, JSON.parse(body).code]).to.deep.equal([422, "PARTS_MISMATCH"]);
      }
    });

    it("are for uploads in parts alone", async () => {
      const response = await ask("POST", "", { contentType: "image/jpeg", size: 7, partHashes: true });
      expect([response.statusCode, response.json().code]).to.deep.equal([422, "PARTS_MISMATCH"]);
    });
  });

  it("are given up with all that they took, and are gone then", async () => {
    const before = await usage();
    const upload = await begin(partSize + 7);
    await send(upload, 1, partSize);
    expect((await usage()).bytes).to.equal(before.bytes + partSize + 7);
    expect((await ask("DELETE", `/${upload.id}/multipart`)).statusCode).to.equal(204);
    expect(await usage()).to.deep.equal(before);
    const { Uploads = [] } = await client().send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads.map(({ UploadId }) => UploadId)).not.to.include(upload.uploadId);
    for (const again of [
      await ask("DELETE", `/${upload.id}/multipart`),
      await complete(upload.id, [{ partNumber: 1, etag: "0".repeat(32) }]),
    ]) {
      expect([again.statusCode, again.json().code]).to.deep.equal([404, "PHOTO_NOT_FOUND"]);
    }
  });

  it("are given up also when S3 has forgotten them", async () => {
    const upload = await begin(7);
    const gone = { Bucket, Key: `uploads/olga/${upload.id}`, UploadId: upload.uploadId };
    await client().send(new AbortMultipartUploadCommand(gone));
    expect((await ask("DELETE", `/${upload.id}/multipart`)).statusCode).to.equal(204);
  });

  it("are not taken for complete by the call that is for uploads in one piece", async () => {
    const { id } = await begin(7);
    const { statusCode, body } = await ask("POST", `/${id}/complete`);
    expect([statusCode, JSON.parse(body).photo.status]).to.deep.equal([200, "pending"]);
    expect((await ask("GET", `/${id}/multipart/parts`)).statusCode).to.equal(200);
  });

  it("lapse when their days are over", async () => {
    const { id } = await begin(7);
    test.now = new Date(noon.getTime() + 7 * 86_400_000 - 1);
    expect((await ask("GET", `/${id}/multipart/parts`)).statusCode).to.equal(200);
    test.now = new Date(noon.getTime() + 7 * 86_400_000);
    expect((await ask("GET", `/${id}/multipart/parts`)).statusCode).to.equal(404);
  });

  for (const [what, partNumbers, status, code] of [
    ["a part beyond the plan", [1, 3], 422, "PARTS_MISMATCH"],
    ["part 0", [0], 400, "INVALID_REQUEST"],
    ["part 10,001", [10_001], 400, "INVALID_REQUEST"],
    ["no part", [], 400, "INVALID_REQUEST"],
    ["a part twice", [1, 1], 400, "INVALID_REQUEST"],
  ] as const) {
    it(`have no URL for ${what}`, async () => {
      const { id } = await begin(2 * partSize);
      const response = await ask("POST", `/${id}/multipart/parts`, { partNumbers });
      expect([response.statusCode, response.json().code]).to.deep.equal([status, code]);
    });
  }

  it("are nobody else's, and nothing for a photo in one piece", async () => {
    const { id } = await begin(7);
    const whole = await test.keep();
    const part = { partNumber: 1, etag: "0".repeat(32) };
    const requests: ["GET" | "POST" | "DELETE", string, object?][] = [
      ["POST", "/multipart/parts", { partNumbers: [1] }],
      ["GET", "/multipart/parts"],
      ["POST", "/multipart/complete", { parts: [part] }],
      ["DELETE", "/multipart"],
    ];
    for (const [method, path, payload] of requests) {
      const strangers = await ask(method, `/${id}${path}`, payload, "rita");
      expect([strangers.statusCode, strangers.json().code], path).to.deep.equal([404, "PHOTO_NOT_FOUND"]);
      const inOnePiece = await ask(method, `/${whole.id}${path}`, payload);
      expect([inOnePiece.statusCode, inOnePiece.json().code], path).to.deep.equal([409, "NO_MULTIPART_UPLOAD"]);
    }
    expect(await test.stores.photos.find(id)).to.include({ status: "pending" });
  });

  it("are begun for each item of a bulk by itself", async () => {
    const upload = { contentType: "image/jpeg", size: 7, upload: "multipart" };
    const items = [upload, { ...upload, size: 50_000_001 }, { contentType: "image/jpeg", size: 7 }, upload];
    const answered = (await ask("POST", "/bulk", { items })).json().items;
    expect(answered.map((item: { upload?: { method: string } }) => item.upload?.method)).to.deep.equal([
      "MULTIPART",
      undefined,
      "PUT",
      "MULTIPART",
    ]);
    expect(answered[0].upload.uploadId).not.to.equal(answered[3].upload.uploadId);
  });
});

function swapped([a, b, c]: readonly Part[]): Part[] {
  return [
    { partNumber: 1, etag: b?.etag ?? "" },
    { partNumber: 2, etag: a?.etag ?? "" },
    { partNumber: 3, etag: c?.etag ?? "" },
  ];
}
