import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Bucket, StoredVersion } from "./ports.ts";

/**
 * The bucket by S3's lists, a thousand entries at a time. Always by the name of a key to go on after: a token would not
 * outlive the run, and what it stands at may be gone by then.
 */
export function createS3Bucket({ client, bucket: Name }: { client: S3Client; bucket: string }): Bucket {
  // Keys come encoded: with temporary credentials anybody can make one that no XML can hold.
  const common = { Bucket: Name, EncodingType: "url" } as const;

  async function list(Prefix: string, StartAfter: string | undefined) {
    const page = await client.send(new ListObjectsV2Command({ ...common, Prefix, StartAfter }));
    const objects = (page.Contents ?? []).map(({ Key, LastModified }) => ({
      key: decode(Key),
      modifiedAt: present(LastModified),
    }));
    return { objects, last: objects.at(-1)?.key, more: page.IsTruncated === true };
  }

  return {
    async *objects(prefix, after) {
      for (let [from, more] = [after, true]; more; ) {
        const page = await list(prefix, from);
        if (page.last === undefined) return;
        yield { items: page.objects, end: page.last };
        [from, more] = [page.last, page.more];
      }
    },

    async *versions(prefix, after) {
      for (let [from, more] = [after, true]; more; ) {
        const page = await client.send(new ListObjectVersionsCommand({ ...common, Prefix: prefix, KeyMarker: from }));
        const found = [
          ...(page.Versions ?? []).map((version) => ({ key: decode(version.Key), ...parse(version, false) })),
          ...(page.DeleteMarkers ?? []).map((marker) => ({ key: decode(marker.Key), ...parse(marker, true) })),
        ];
        const keys = Map.groupBy(found, ({ key }) => key);
        more = page.IsTruncated === true;
        // The rest of its versions may be on the next page, which begins with it.
        if (more && keys.size > 1) keys.delete(decode(page.NextKeyMarker));
        const end = [...keys.keys()].toSorted(byBytes).at(-1);
        if (end === undefined) return;
        yield { items: [...keys].map(([key, versions]) => ({ key, versions })), end };
        from = end;
      }
    },

    async *multipartUploads(after) {
      let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = { KeyMarker: after };
      for (let more = true; more; ) {
        const page = await client.send(new ListMultipartUploadsCommand({ ...common, ...marker }));
        const items = (page.Uploads ?? []).map(({ Key, UploadId, Initiated }) => ({
          key: decode(Key),
          uploadId: present(UploadId),
          begunAt: present(Initiated),
        }));
        const end = items.at(-1)?.key;
        if (end === undefined) return;
        yield { items, end };
        more = page.IsTruncated === true;
        marker = { KeyMarker: end, UploadIdMarker: page.NextUploadIdMarker };
      }
    },

    async keysUnder(prefixes) {
      const found = new Set<string>();
      let open = prefixes.toSorted();
      for (let after = ""; open[0] !== undefined; ) {
        // What is cut off sorts before what begins with all of it.
        const page = await list("", after.startsWith(open[0]) ? after : open[0].slice(0, -1));
        for (const { key } of page.objects) found.add(key);
        if (page.last === undefined || !page.more) break;
        after = page.last;
        open = open.filter((prefix) => prefix > after || after.startsWith(prefix));
      }
      return found;
    },

    async deletedAt(key) {
      const command = new ListObjectVersionsCommand({ ...common, Prefix: key, MaxKeys: 1 });
      const { DeleteMarkers: [newest] = [] } = await client.send(command);
      return newest?.IsLatest && decode(newest.Key) === key ? present(newest.LastModified) : undefined;
    },

    async hide(Key) {
      await client.send(new DeleteObjectCommand({ Bucket: Name, Key }));
    },

    async erase(Key, VersionId) {
      await client.send(new DeleteObjectCommand({ Bucket: Name, Key, VersionId }));
    },

    async abort({ key: Key, uploadId: UploadId }) {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket: Name, Key, UploadId }));
      } catch (error) {
        if (!(error instanceof NoSuchUpload)) throw error;
      }
    },
  };
}

/** S3 orders keys by the bytes of their UTF-8. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function decode(key: string | undefined): string {
  return decodeURIComponent(present(key).replaceAll("+", " "));
}

type Listed = Pick<ObjectVersion, "VersionId" | "LastModified" | "IsLatest">;

function parse({ VersionId, LastModified, IsLatest }: Listed, marker: boolean): StoredVersion {
  return { versionId: present(VersionId), modifiedAt: present(LastModified), latest: IsLatest === true, marker };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("S3 listed something without its key, its id or its time");
  return value;
}
