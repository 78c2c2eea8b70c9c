import Type, { type Static } from "typebox";
import type { ShareLink as DomainLink, LinkTarget as DomainTarget } from "../../domain/share-link.ts";
import type { IssuedLink } from "../../domain/use-cases/links/manage-links.ts";
import type { OpenedLink } from "../../domain/use-cases/links/open-link.ts";
import { toPage } from "./page.ts";
import { toViewedPhoto, ViewedPhoto } from "./photo.ts";
import { nullable, oneOf, ref } from "./ref.ts";
import { Time, Title, Uuid } from "./values.ts";

const exampleToken = "AZkLHH5Pe1KdbzwfXQ8qEVv0T2c4m1xZ0aN3kP7sR9w";

/** One of the two, never both. */
export const LinkTarget = Type.Object(
  { photoId: Type.Optional(Uuid), albumId: Type.Optional(Uuid) },
  { additionalProperties: false, minProperties: 1, maxProperties: 1, description: "A photo or an album." },
);

export const LinkPassword = Type.String({ minLength: 1, maxLength: 128, examples: ["correct horse battery staple"] });

const AllowDownload = Type.Boolean({ description: "Whether it opens originals as well.", examples: [false] });

export const ShareLink = Type.Object(
  {
    id: Uuid,
    target: LinkTarget,
    allowDownload: AllowDownload,
    hasPassword: Type.Boolean({ examples: [false] }),
    expiresAt: Time,
    createdAt: Time,
    uses: Type.Integer({ description: "How often it was opened.", examples: [4] }),
  },
  { $id: "ShareLink", description: "Opens a photo or an album to whoever holds its token." },
);

export const LinkRequest = Type.Object(
  {
    target: LinkTarget,
    expiresAt: Type.Optional({ ...Time, description: "In the future, a year off at most." }),
    password: Type.Optional(LinkPassword),
    allowDownload: Type.Optional({ ...AllowDownload, default: false }),
  },
  { additionalProperties: false },
);

export const NewLink = Type.Object(
  {
    link: ref(ShareLink),
    token: Type.String({ description: "Shown this once.", examples: [exampleToken] }),
    url: Type.String({
      description: "Where it is opened, from the API's own address.",
      examples: [`/v1/links/${exampleToken}`],
    }),
  },
  { description: "The link and its token." },
);

/** Not a pattern: whatever a token looks like, one that opens nothing is answered alike. */
export const TokenParams = Type.Object({
  link: Type.String({ description: "The token of a share link.", examples: [exampleToken] }),
});

export const LinkParams = Type.Object({ link: { ...Uuid, description: "The id of your share link." } });

export const Opened = Type.Object(
  {
    kind: oneOf(["photo", "album"], { examples: ["photo"] }),
    link: Type.Object({ target: LinkTarget, expiresAt: Time, allowDownload: AllowDownload }),
    photo: Type.Optional(ViewedPhoto.properties.photo),
    urls: Type.Optional(ViewedPhoto.properties.urls),
    expiresAt: Type.Optional(ViewedPhoto.properties.expiresAt),
    album: Type.Optional(Type.Object({ id: Uuid, title: Title, photoCount: Type.Integer({ examples: [12] }) })),
    items: Type.Optional(Type.Array(ref(ViewedPhoto))),
    nextCursor: Type.Optional(nullable(Type.String({ description: "Where the next page begins." }))),
  },
  { description: "`photo`, `urls` and `expiresAt` of a photo; `album`, `items` and `nextCursor` of an album." },
);

export function toShareLink(link: DomainLink): Static<typeof ShareLink> {
  const { id, target, allowDownload, hasPassword, expiresAt, createdAt, uses } = link;
  return { id, target, allowDownload, hasPassword, expiresAt, createdAt, uses };
}

export function toNewLink({ link, token }: IssuedLink): Static<typeof NewLink> {
  return { link: toShareLink(link), token, url: `/v1/links/${token}` };
}

export function toOpened(opened: OpenedLink): Static<typeof Opened> {
  const { target, expiresAt, allowDownload } = opened.link;
  const link = { target, expiresAt, allowDownload };
  if ("photo" in opened) return { kind: "photo", link, ...toViewedPhoto(opened.photo) };
  const { id, title, photoCount } = opened.album;
  return { kind: "album", link, album: { id, title, photoCount }, ...toPage(opened.photos, toViewedPhoto) };
}

/** Throws TypeError for what the schema does not let through. */
export function toTarget({ photoId, albumId }: Static<typeof LinkTarget>): DomainTarget {
  if (photoId !== undefined) return { photoId };
  if (albumId !== undefined) return { albumId };
  throw new TypeError("A link leads to a photo or to an album");
}
