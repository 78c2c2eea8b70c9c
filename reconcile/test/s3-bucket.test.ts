import { CreateMultipartUploadCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { recordedBucket, startTestS3, type TestS3 } from "../../local/test/support/test-s3.ts";
import type { Bucket } from "../ports.ts";
import { createS3Bucket } from "../s3-bucket.ts";
import type { Stretch } from "../walk.ts";
import { shortenLists } from "./support/shorten-lists.ts";

const bucket = "photos-of-olga";

describe("The reconciler's view of the bucket", () => {
  let s3: TestS3;
  let client: S3Client;
  let view: Bucket;
  let requests = 0;
  beforeEach(async () => {
    s3 = await startTestS3(recordedBucket(bucket, { versioning: "Enabled" }));
    client = s3.client();
    requests = 0;
    // Lists of three, to see what lists of a thousand do.
    shortenLists(client, 3);
    client.middlewareStack.add(
      (next) => async (args) => {
        requests += 1;
        return next(args);
      },
      { step: "initialize" },
    );
    view = createS3Bucket({ client, bucket });
  });
  afterEach(() => s3.close());

  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "bytes" }));
  async function putAll(...keys: string[]) {
    for (const key of keys) await put(key);
  }
  async function gather<T>(stretches: AsyncIterable<Stretch<T>>): Promise<Stretch<T>[]> {
    const gathered: Stretch<T>[] = [];
    for await (const stretch of stretches) gathered.push(stretch);
    return gathered;
  }

  const odd = ["uploads/a b+c%", "uploads/ä\u0001&<>", "uploads/🙂/1", "uploads/z"];

  it("lists objects in order, whatever is in their keys, and goes on after any of them", async () => {
    await putAll("media/1", ...odd, "uploads0");
    const stretches = await gather(view.objects("uploads/"));
    expect(stretches.flatMap(({ items }) => items.map(({ key }) => key))).to.have.members(odd);
    expect(stretches).to.have.length(2);
    const rest = await gather(view.objects("uploads/", stretches[0]?.end));
    expect(rest.flatMap(({ items }) => items)).to.deep.equal(stretches[1]?.items);
  });

  it("lists every version of a key together, with its markers, and goes on after any key", async () => {
    await putAll("uploads/a", "uploads/a", "uploads/b", "uploads/b", ...odd, "uploads/y", "uploads/y", "uploads/y");
    await view.hide("uploads/y");
    await put("uploads/y");
    await view.hide("uploads/z");
    const stretches = await gather(view.versions("uploads/"));
    const found = stretches.flatMap(({ items }) =>
      items.map(({ key, versions }) => [key, versions.map(({ marker }) => (marker ? "marker" : "bytes")).toSorted()]),
    );
    expect(Object.fromEntries(found)).to.deep.equal({
      "uploads/a": ["bytes", "bytes"],
      "uploads/b": ["bytes", "bytes"],
      "uploads/a b+c%": ["bytes"],
      "uploads/ä\u0001&<>": ["bytes"],
      "uploads/🙂/1": ["bytes"],
      // More than a list holds: the rest comes when these are gone.
      "uploads/y": ["bytes", "bytes", "marker"],
      "uploads/z": ["bytes", "marker"],
    });
    for (const [index, { end }] of stretches.entries()) {
      expect(await gather(view.versions("uploads/", end))).to.deep.equal(stretches.slice(index + 1));
    }
  });

  it("erases one version for good, and is content when it is gone", async () => {
    await putAll("uploads/a", "uploads/a");
    const [stretch] = await gather(view.versions("uploads/"));
    for (const { versionId } of stretch?.items[0]?.versions ?? []) {
      await view.erase("uploads/a", versionId);
      await view.erase("uploads/a", versionId);
    }
    expect(await gather(view.versions("uploads/"))).to.deep.equal([]);
  });

  it("knows when a key was deleted, and that others were not", async () => {
    await putAll("originals/1", "originals/2", "originals/22", "originals/3");
    await view.hide("originals/1");
    await view.hide("originals/22");
    await view.hide("originals/3");
    await put("originals/3");
    expect(await view.deletedAt("originals/1")).to.be.instanceOf(Date);
    for (const key of ["originals/2", "originals/3", "originals/4"])
      expect(await view.deletedAt(key)).to.equal(undefined);
  });

  it("lists and aborts uploads in parts, and is content when they are gone", async () => {
    const keys = ["uploads/a", "uploads/a", "uploads/a", "uploads/a", "uploads/ä\u0001", "uploads/c"];
    for (const Key of keys) await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    const uploads = (await gather(view.multipartUploads())).flatMap(({ items }) => items);
    expect(uploads.map(({ key }) => key)).to.have.members(keys);
    for (const upload of uploads) {
      await view.abort(upload);
      await view.abort(upload);
    }
    expect(await gather(view.multipartUploads())).to.deep.equal([]);
  });

  describe("asked for what lies under some prefixes", () => {
    const keys = Array.from({ length: 20 }, (_, index) => `media/${String(index).padStart(2, "0")}/a.webp`);
    const under = (...ids: string[]) => view.keysUnder(ids.map((id) => `media/${id}/`));

    it("finds all of it", async () => {
      await putAll(...keys, "media/05/b.webp", "media/05/c.webp", "media/05/d.webp", "media/05/e.webp");
      const ids = ["19", "00", "05", "06", "13", "21"];
      const found = [...(await under(...ids))].filter((key) => ids.includes(key.slice(6, 8)));
      expect(found.toSorted()).to.deep.equal(
        ["00/a", "05/a", "05/b", "05/c", "05/d", "05/e", "06/a", "13/a", "19/a"].map((rest) => `media/${rest}.webp`),
      );
    });

    it("asks no more often than it has to", async () => {
      await putAll(...keys);
      requests = 0;
      await under("03", "04");
      expect(requests, "two that lie together").to.equal(1);
      requests = 0;
      await under("03", "10", "17");
      expect(requests, "three that lie apart").to.equal(3);
      requests = 0;
      await under();
      expect(requests).to.equal(0);
    });
  });
});
