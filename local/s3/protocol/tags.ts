import { Type } from "typebox";
import { S3Error } from "./s3-error.ts";
import { type XmlContent, xmlReader } from "./xml.ts";

export type Tags = Readonly<Record<string, string>>;

const mostTags = 10;
const longestKey = 128;
const longestValue = 256;

const readTagSet = xmlReader(
  "Tagging",
  Type.Object({
    TagSet: Type.Union([
      Type.Literal(""),
      Type.Object({ Tag: Type.Array(Type.Object({ Key: Type.String(), Value: Type.String() })) }),
    ]),
  }),
  ["Tag"],
);

/** Reads `x-amz-tagging`, which is written like a query; throws InvalidTag and BadRequest. */
export function parseTagging(header: string): Tags {
  return checkTags([...new URLSearchParams(header)]);
}

/** Reads a `<Tagging>` document. */
export function readTagging(body: Buffer): Tags {
  const { TagSet } = readTagSet(body);
  return checkTags(TagSet === "" ? [] : TagSet.Tag.map(({ Key, Value }) => [Key, Value] as const));
}

export function renderTagSet(tags: Tags): XmlContent {
  return { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

function checkTags(pairs: readonly (readonly [key: string, value: string])[]): Tags {
  if (pairs.length > mostTags) {
    throw new S3Error("BadRequest", { message: `Object tags cannot be greater than ${mostTags}` });
  }
  for (const [key, value] of pairs) {
    if (key === "" || key.length > longestKey) {
      throw new S3Error("InvalidTag", { message: "The TagKey you have provided is invalid", details: { TagKey: key } });
    }
    if (value.length > longestValue) {
      throw new S3Error("InvalidTag", {
        message: "The TagValue you have provided is invalid",
        details: { TagKey: key },
      });
    }
  }
  const tags = Object.fromEntries(pairs);
  if (Object.keys(tags).length < pairs.length) {
    throw new S3Error("InvalidTag", { message: "Cannot provide multiple Tags with the same key" });
  }
  return tags;
}
