import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

describe("Versions in the local S3", () => {
  let s3: TestS3;
  const Bucket = "kept";
  const put = async (Key: string, Body: string, bucket = Bucket) =>
    (await s3.client().send(new PutObjectCommand({ Bucket: bucket, Key, Body }))).VersionId;
  const get = async (Key: string, VersionId?: string) => {
    const got = await s3.client().send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return got.Body?.transformToString();
  };
  const remove = (Key: string, VersionId?: string, bucket = Bucket) =>
    s3.client().send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
  const versionsOf = async (Prefix: string, bucket = Bucket) => {
    const { Versions = [], DeleteMarkers = [] } = await s3
      .client()
      .send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }));
    return {
      versions: Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
      markers: DeleteMarkers.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]),
    };
  };

  before(async () => {
    s3 = await startTestS3([
      ...recordedBucket(Bucket, { versioning: "Enabled" }),
      ...recordedBucket("suspended", { versioning: "Suspended" }),
      ...recordedBucket("plain"),
    ]);
  });
  after(() => s3.close());

  it("keep what is written over, each under an id of its own", async () => {
    const first = await put("doc", "first");
    const second = await put("doc", "second");
    expect([await get("doc"), await get("doc", first), await get("doc", second)]).to.deep.equal([
      "second",
      "first",
      "second",
    ]);
    expect((await versionsOf("doc")).versions).to.deep.equal([
      [second, true],
      [first, false],
    ]);
  });

  it("hide a deleted key under a marker, and bring it back when the marker goes", async () => {
    const version = await put("hidden", "bytes");
    const { VersionId: marker, DeleteMarker } = await remove("hidden");
    expect(DeleteMarker).to.equal(true);
    expect(await rejection(get("hidden"))).to.include({ name: "NoSuchKey" });
    expect(await versionsOf("hidden")).to.deep.equal({ versions: [[version, false]], markers: [[marker, true]] });
    const listed = await s3.client().send(new ListObjectsV2Command({ Bucket, Prefix: "hidden" }));
    expect(listed.KeyCount).to.equal(0);

    expect(await remove("hidden", marker)).to.include({ DeleteMarker: true, VersionId: marker });
    expect(await get("hidden")).to.equal("bytes");
  });

  it("say of a marker that it is one", async () => {
    await put("marked", "bytes");
    const { VersionId: marker } = await remove("marked");
    const url = await getSignedUrl(s3.client(), new HeadObjectCommand({ Bucket, Key: "marked" }));
    const response = await fetch(url, { method: "HEAD" });
    expect(response.status).to.equal(404);
    expect(response.headers.get("x-amz-delete-marker")).to.equal("true");
    expect(response.headers.get("x-amz-version-id")).to.equal(marker);
    expect(await rejection(get("marked", marker))).to.include({ name: "MethodNotAllowed" });
  });

  it("go for good one by one, and the one before is the latest then", async () => {
    const first = await put("peeled", "first");
    const second = await put("peeled", "second");
    await remove("peeled", second);
    expect(await get("peeled")).to.equal("first");
    expect(await rejection(get("peeled", second))).to.include({ name: "NoSuchVersion" });
    await remove("peeled", first);
    expect(await versionsOf("peeled")).to.deep.equal({ versions: [], markers: [] });
  });

  it("are listed in pages, key by key and newest first", async () => {
    const ids: (string | undefined)[] = [];
    for (const body of ["a", "b", "c"]) ids.unshift(await put("page/1", body));
    ids.push(await put("page/2", "d"));
    const seen: (string | undefined)[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const page = await s3
        .client()
        .send(new ListObjectVersionsCommand({ Bucket, Prefix: "page/", MaxKeys: 2, KeyMarker, VersionIdMarker }));
      seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
    } while (KeyMarker !== undefined);
    expect(seen).to.deep.equal(ids);
  });

  it("have tags of their own", async () => {
    const client = s3.client();
    const first = await client.send(new PutObjectCommand({ Bucket, Key: "tags", Body: "1", Tagging: "n=1" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "tags", Body: "2", Tagging: "n=2" }));
    const { TagSet } = await client.send(
      new GetObjectTaggingCommand({ Bucket, Key: "tags", VersionId: first.VersionId }),
    );
    expect(TagSet).to.deep.equal([{ Key: "n", Value: "1" }]);
  });

  it("are written over under the id null where versioning is suspended", async () => {
    expect(await put("doc", "first", "suspended")).to.equal("null");
    await put("doc", "second", "suspended");
    expect((await versionsOf("doc", "suspended")).versions).to.deep.equal([["null", true]]);
    await remove("doc", undefined, "suspended");
    expect(await versionsOf("doc", "suspended")).to.deep.equal({ versions: [], markers: [["null", true]] });
  });

  it("are not spoken of where versioning never was", async () => {
    expect(await put("doc", "bytes", "plain")).to.equal(undefined);
    const { VersionId, DeleteMarker } = await remove("doc", undefined, "plain");
    expect({ VersionId, DeleteMarker }).to.deep.equal({ VersionId: undefined, DeleteMarker: undefined });
    expect(await versionsOf("doc", "plain")).to.deep.equal({ versions: [], markers: [] });
  });
});
