import { once } from "node:events";
import { connect } from "node:net";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { signHeaders } from "../sigv4/sign.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const writers = Array.from({ length: 12 }, (_, index) => `writer ${index}`);

function outcomesOf(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.map((outcome) => (outcome.status === "fulfilled" ? "won" : outcome.reason.name)).toSorted();
}

for (const versioning of ["Enabled", undefined] as const) {
  describe(`Conditional writes to a bucket ${versioning ? "with" : "without"} versions`, () => {
    let s3: TestS3;
    const Bucket = "races";
    const put = (Key: string, Body: string, input: Partial<PutObjectCommandInput> = {}) =>
      s3.client().send(new PutObjectCommand({ Bucket, Key, Body, ...input }));
    const text = async (Key: string) => {
      const { Body } = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
      return Body?.transformToString();
    };
    before(async () => {
      s3 = await startTestS3(recordedBucket(Bucket, versioning && { versioning }));
    });
    after(() => s3.close());

    it("let one of many writers win by If-None-Match: *", async () => {
      const settled = await Promise.allSettled(writers.map((body) => put("once", body, { IfNoneMatch: "*" })));
      expect(outcomesOf(settled)).to.deep.equal([...writers.slice(1).map(() => "PreconditionFailed"), "won"]);
      const winner = settled.findIndex(({ status }) => status === "fulfilled");
      expect(await text("once")).to.equal(writers[winner]);
    });

    it("let one of many writers win by If-Match", async () => {
      const { ETag: IfMatch } = await put("swap", "original");
      const settled = await Promise.allSettled(writers.map((body) => put("swap", body, { IfMatch })));
      expect(outcomesOf(settled)).to.deep.equal([...writers.slice(1).map(() => "PreconditionFailed"), "won"]);
    });

    it("let one of many multipart uploads win by If-None-Match: *", async () => {
      const client = s3.client();
      const uploads = await Promise.all(
        writers.slice(0, 4).map(async (Body) => {
          const target = { Bucket, Key: "parts" };
          const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
          const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body }));
          return { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
        }),
      );
      const settled = await Promise.allSettled(
        uploads.map((upload) => client.send(new CompleteMultipartUploadCommand({ ...upload, IfNoneMatch: "*" }))),
      );
      expect(outcomesOf(settled)).to.deep.equal([...Array(3).fill("PreconditionFailed"), "won"]);
    });

    it("may write again once the key is deleted", async () => {
      await put("again", "first", { IfNoneMatch: "*" });
      expect(await rejection(put("again", "second", { IfNoneMatch: "*" }))).to.include({ name: "PreconditionFailed" });
      await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "again" }));
      await put("again", "third", { IfNoneMatch: "*" });
      expect(await text("again")).to.equal("third");
    });

    it("conflict with a deletion that comes between their beginning and their end", async () => {
      const slow = await startSlowPut(s3, `/${Bucket}/between`, "bytes");
      await put("between", "quick");
      await s3.client().send(new DeleteObjectCommand({ Bucket, Key: "between" }));
      expect(await slow.finish())
        .to.match(/^HTTP\/1.1 409 Conflict/)
        .and.include("<Code>ConditionalRequestConflict<");
    });

    it("find a key that was written between their beginning and their end", async () => {
      const slow = await startSlowPut(s3, `/${Bucket}/meanwhile`, "bytes");
      await put("meanwhile", "quick");
      expect(await slow.finish()).to.match(/^HTTP\/1.1 412 Precondition Failed/);
      expect(await text("meanwhile")).to.equal("quick");
    });

    it("by If-Match need something to match", async () => {
      expect(await rejection(put("absent", "x", { IfMatch: '"any"' }))).to.include({ name: "NoSuchKey" });
    });

    it("know no other If-None-Match than *", async () => {
      const error = await rejection(put("other", "x", { IfNoneMatch: '"etag"' }));
      expect(error).to.include({ name: "NotImplemented" });
    });
  });
}

/** A `PUT … If-None-Match: *` whose body is held back: it has been found good when the server asks for the body. */
async function startSlowPut(s3: TestS3, path: string, body: string) {
  const url = new URL(path, s3.url);
  const headers = signHeaders({
    method: "PUT",
    url,
    headers: { "content-length": String(body.length), "if-none-match": "*" },
    credentials: s3.account.admin,
    service: "s3",
    region: "eu-central-1",
    now: new Date(),
    payloadHash: "UNSIGNED-PAYLOAD",
  });
  const socket = connect(Number(url.port), url.hostname).setEncoding("utf8");
  const lines = Object.entries({ ...headers, expect: "100-continue", connection: "close" });
  socket.write(`PUT ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  const [goOn] = await once(socket, "data");
  expect(goOn).to.match(/^HTTP\/1.1 100 Continue/);
  return {
    async finish(): Promise<string> {
      socket.write(body);
      return (await socket.toArray()).join("");
    },
  };
}
