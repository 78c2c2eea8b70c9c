import type { LinkSecrets } from "../../domain/ports/link-store.ts";
import type { LinkTarget, ShareLink } from "../../domain/share-link.ts";
import { count, date, flag, idIn, optional, refuse, text } from "./attributes.ts";
import { type Item, linkKey, placed, places } from "./keys.ts";

/** The table may forget a link some time after it has ended. */
const backstopMs = 24 * 60 * 60 * 1000;

export function toLinkItem(link: ShareLink, { tokenHash, passwordHash }: LinkSecrets): Item {
  const { id, creatorId, target, allowDownload, expiresAt, createdAt, uses } = link;
  return {
    ...linkKey(id),
    ...placed(places.linkOfCreator(creatorId, id)),
    creatorId: { S: creatorId },
    ...("photoId" in target ? { photoId: { S: target.photoId } } : { albumId: { S: target.albumId } }),
    allowDownload: { BOOL: allowDownload },
    expiresAt: { S: expiresAt.toISOString() },
    createdAt: { S: createdAt.toISOString() },
    uses: { N: String(uses) },
    tokenHash: { B: tokenHash },
    ...(passwordHash !== undefined && { passwordHash: { S: passwordHash } }),
    ttl: { N: String(Math.floor((expiresAt.getTime() + backstopMs) / 1000)) },
  };
}

/** Throws TypeError naming the attribute where an item is not what this platform writes. */
export function parseLinkItem(item: Item): ShareLink {
  return {
    id: idIn(item, "pk", "LINK#"),
    creatorId: text(item, "creatorId"),
    target: parseTarget(item),
    allowDownload: flag(item, "allowDownload"),
    hasPassword: item.passwordHash !== undefined,
    expiresAt: date(item, "expiresAt"),
    createdAt: date(item, "createdAt"),
    uses: count(item, "uses"),
  };
}

export function parseLinkSecrets(item: Item): LinkSecrets {
  const tokenHash = item.tokenHash?.B ?? refuse(item, "tokenHash", "bytes");
  return { tokenHash, ...optional(item, "passwordHash", text) };
}

function parseTarget(item: Item): LinkTarget {
  return item.albumId === undefined ? { photoId: text(item, "photoId") } : { albumId: text(item, "albumId") };
}
