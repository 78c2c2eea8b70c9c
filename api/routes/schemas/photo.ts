import Type, { type Static } from "typebox";
import * as domain from "../../domain/photo.ts";
import type { ViewedPhoto as ViewedDomainPhoto } from "../../domain/photo-urls.ts";
import { nullable, oneOf, ref } from "./ref.ts";
import { Filename, signedUrl, Time, Title, Uuid } from "./values.ts";

export const Visibility = oneOf(domain.visibilities, {
  description: "Who may see the photo besides its owner.",
  examples: ["private"],
});

export const Photo = Type.Object(
  {
    id: Uuid,
    ownerId: Type.String({
      description: "The `sub` of the owner's tokens.",
      examples: ["f4b8a408-8091-7037-3cd2-9f1d0a6c2b11"],
    }),
    albumId: nullable(Uuid),
    title: nullable(Title),
    filename: nullable(Filename),
    contentType: Type.String({ examples: ["image/jpeg"] }),
    size: Type.Integer({ description: "Bytes.", examples: [2_483_119] }),
    width: nullable(Type.Integer({ description: "Pixels, once upright.", examples: [4032] })),
    height: nullable(Type.Integer({ description: "Pixels, once upright.", examples: [3024] })),
    takenAt: nullable(Time),
    formats: Type.Optional(
      Type.Array(oneOf(domain.furtherFormats), {
        description: "In what its renditions come besides WebP: put it in place of `webp` in any of their URLs.",
        examples: [["avif"]],
      }),
    ),
    visibility: Visibility,
    status: oneOf(domain.photoStatuses, { examples: ["ready"] }),
    reason: Type.Optional(oneOf(domain.rejectReasons, { description: "Why the upload was rejected." })),
    createdAt: Time,
  },
  { $id: "Photo", description: "Any media object, from its reservation on." },
);

export const ChangedPhoto = Type.Object({ photo: ref(Photo) }, { description: "The photo as it is now." });

/** By the longest edge in pixels; of a video there is one to play instead. */
const Urls = Type.Object({
  "320": Type.Optional(signedUrl("320")),
  "640": Type.Optional(signedUrl("640")),
  "1280": Type.Optional(signedUrl("1280")),
  "2048": Type.Optional(signedUrl("2048")),
  video: Type.Optional(signedUrl("video")),
  original: Type.Optional(signedUrl("original")),
});

export const ViewedPhoto = Type.Object(
  { photo: ref(Photo), urls: Urls, expiresAt: nullable(Time) },
  {
    $id: "ViewedPhoto",
    description:
      "A photo and its signed URLs: none until it is `ready`, and `original` only for who may download it. They all expire at `expiresAt`.",
  },
);

/** A photo as apps see it: what is kept for the platform alone stays out. */
export function toPhoto(photo: domain.Photo): Static<typeof Photo> {
  return {
    id: photo.id,
    ownerId: photo.ownerId,
    albumId: photo.albumId ?? null,
    title: photo.title ?? null,
    filename: photo.filename ?? null,
    contentType: photo.contentType,
    size: photo.size,
    width: photo.width ?? null,
    height: photo.height ?? null,
    takenAt: photo.takenAt ?? null,
    ...(photo.formats && { formats: [...photo.formats] }),
    visibility: photo.visibility,
    status: domain.statusOf(photo),
    ...(photo.reason && { reason: photo.reason }),
    createdAt: photo.createdAt,
  };
}

export function toViewedPhoto({ photo, urls, expiresAt }: ViewedDomainPhoto): Static<typeof ViewedPhoto> {
  return { photo: toPhoto(photo), urls, expiresAt: expiresAt ?? null };
}
