import { ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "lists";

/** What S3's documentation says a list is, put as plainly as can be. */
function expectedList(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const rolled = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return end === -1 ? key : key.slice(0, end + delimiter.length);
    });
  return [...new Set(rolled)].filter((name) => compare(name, after) > 0).sort(compare);
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

describe("Lists of the local S3", () => {
  let s3: TestS3;
  const keys = [
    "a",
    "a/",
    "a/1",
    "a/2",
    "a/b/3",
    "a//4",
    "a0",
    "ab/c",
    "b c+d&<e>.jpg",
    "z\u{1f600}",
    "z\uffee",
    "ä/ö",
  ];
  const put = (Key: string) => s3.client().send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const list = async (input: { Prefix?: string; Delimiter?: string; StartAfter?: string; MaxKeys: number }) => {
    const names: string[] = [];
    const sizes: number[] = [];
    for await (const page of paginateListObjectsV2({ client: s3.client() }, { Bucket, ...input })) {
      const { Contents = [], CommonPrefixes = [] } = page;
      const found = [...Contents.map(({ Key }) => Key ?? ""), ...CommonPrefixes.map(({ Prefix }) => Prefix ?? "")];
      names.push(...found.sort(compare));
      sizes.push(found.length);
    }
    return { names, sizes };
  };

  before(async () => {
    s3 = await startTestS3([...recordedBucket(Bucket), ...recordedBucket("many")]);
    await Promise.all(keys.map(put));
  });
  after(() => s3.close());

  it("are what the documentation says for any prefix, delimiter, start and page size", async () => {
    const part = fc.constantFrom("", "a", "a/", "a/b", "a//", "b", "z", "ä", "/", "nothing");
    await fc.assert(
      fc.asyncProperty(
        part,
        fc.constantFrom("", "/", "b", "//"),
        fc.oneof(part, fc.constantFrom(...keys)),
        fc.integer({ min: 1, max: 13 }),
        async (Prefix, Delimiter, StartAfter, MaxKeys) => {
          const { names, sizes } = await list({ Prefix, Delimiter, StartAfter, MaxKeys });
          expect(names).to.deep.equal(expectedList(keys, Prefix, Delimiter, StartAfter));
          expect(sizes.slice(0, -1).every((size) => size === MaxKeys)).to.equal(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("hold no more than 1000 keys, however many are asked for", async () => {
    const client = s3.client();
    const Keys = Array.from({ length: 1003 }, (_, index) => `k${String(index).padStart(4, "0")}`);
    for (let start = 0; start < Keys.length; start += 100) {
      await Promise.all(
        Keys.slice(start, start + 100).map((Key) =>
          client.send(new PutObjectCommand({ Bucket: "many", Key, Body: "x" })),
        ),
      );
    }
    const first = await client.send(new ListObjectsV2Command({ Bucket: "many", MaxKeys: 5000 }));
    expect(first).to.include({ KeyCount: 1000, IsTruncated: true, MaxKeys: 1000 });
    const rest = await client.send(
      new ListObjectsV2Command({ Bucket: "many", ContinuationToken: first.NextContinuationToken }),
    );
    expect(rest).to.include({ KeyCount: 3, IsTruncated: false });
    const all = [...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key);
    expect(all).to.deep.equal(Keys);
  });

  it("of the first version go on from a marker", async () => {
    const client = s3.client();
    const page = await client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 2 }));
    expect([page.IsTruncated, page.NextMarker]).to.deep.equal([true, "a/"]);
    const next = await client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: page.NextMarker }));
    expect(next.Contents?.[0]?.Key).to.equal("a0");
    expect(next.Contents?.[0]?.Owner?.ID).to.match(/^[0-9a-f]{64}$/);
  });

  it("are empty for no keys at all", async () => {
    const client = s3.client();
    expect(await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }))).to.include({
      KeyCount: 0,
      IsTruncated: false,
    });
  });

  const refused: [title: string, input: object, code: string][] = [
    ["a page of a negative size", { MaxKeys: -1 }, "InvalidArgument"],
    ["a token that S3 did not give", { ContinuationToken: "*" }, "InvalidArgument"],
    ["an encoding that does not exist", { EncodingType: "rot13" }, "InvalidArgument"],
    ["a bucket that is absent", { Bucket: "no-such-bucket" }, "NoSuchBucket"],
  ];
  for (const [title, input, code] of refused) {
    it(`are refused for ${title}`, async () => {
      const error = await rejection(s3.client().send(new ListObjectsV2Command({ Bucket, ...input })));
      expect(error).to.include({ name: code });
    });
  }
});
