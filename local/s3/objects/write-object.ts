import { randomBytes } from "node:crypto";
import type { ChecksumAlgorithm } from "../body/checksum-algorithms.ts";
import type { ReceivedContent } from "../body/receive.ts";
import type { EventName } from "../events/event-messages.ts";
import type { ObjectExchange } from "../exchange.ts";
import type { Precondition } from "../store/object-store.ts";
import type { Checksum, Description, Encryption, ObjectFacts, StoredObject } from "../store/records.ts";
import { hasOpaqueEtag } from "./encryption.ts";

export interface ObjectWrite {
  readonly facts: ObjectFacts;
  readonly event: EventName;
  readonly modifiedAt: Date;
  readonly precondition: Precondition | undefined;
  /** What else belongs to the same transaction. */
  readonly alongside?: () => void;
}

/** Makes an object the latest version of the exchange's key and announces it, both or neither. */
export function writeObject({ store, bucket, key, announce }: ObjectExchange, write: ObjectWrite): StoredObject {
  const { facts, event, modifiedAt, precondition, alongside } = write;
  return store.transaction(() => {
    alongside?.();
    const version = store.objects.put(bucket, key, facts, toSecond(modifiedAt), precondition);
    announce(bucket, event, version);
    return version;
  });
}

/** The same for bytes that came in one piece, which are removed again when the write is refused. */
export async function writeWhole(
  exchange: ObjectExchange,
  content: ReceivedContent,
  description: Description,
  write: Pick<ObjectWrite, "event" | "precondition">,
): Promise<StoredObject> {
  const { contentId, size } = content;
  try {
    const facts: ObjectFacts = {
      ...description,
      size,
      etag: await etagOf(content, description.encryption),
      ...(content.checksum && { checksum: wholeChecksum(content.checksum) }),
      segments: [{ contentId, size }],
      multipart: false,
    };
    return writeObject(exchange, { ...write, facts, modifiedAt: exchange.request.now });
  } catch (error) {
    await exchange.store.contents.discard(contentId);
    throw error;
  }
}

/** The digests that an entity tag needs. */
export function etagAlgorithms(encryption: Encryption): ChecksumAlgorithm[] {
  return hasOpaqueEtag(encryption) ? [] : ["MD5"];
}

/** Without quotes: the MD5 of the bytes, or under a KMS key something that tells nothing of them. */
export async function etagOf(content: ReceivedContent, encryption: Encryption): Promise<string> {
  const tag = hasOpaqueEtag(encryption) ? randomBytes(16) : await content.digest("MD5");
  return tag.toString("hex");
}

export function wholeChecksum(checksum: NonNullable<ReceivedContent["checksum"]>): Checksum {
  return { ...checksum, type: "FULL_OBJECT" };
}

/** S3 keeps times to the second, which is what its clients compare. */
function toSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
