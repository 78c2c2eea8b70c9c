import Type, { type Static } from "typebox";
import { type Reservation as DomainReservation, uploadMethods } from "../../domain/use-cases/photos/issue-uploads.ts";
import { Photo, toPhoto, Visibility } from "./photo.ts";
import { oneOf, ref } from "./ref.ts";
import { Filename, Time, Title, Uuid } from "./values.ts";

export const Sha256 = Type.String({
  pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
  examples: ["3a9ZyJ0mB1mJYc1o6jvVZ1F1l8mJ1C5nY8rVYyq0m5A="],
});

export const UploadRequest = Type.Object(
  {
    contentType: Type.String({
      maxLength: 127,
      description: "One of the types that the stack allows.",
      examples: ["image/jpeg"],
    }),
    size: Type.Integer({ minimum: 1, description: "Bytes, exactly.", examples: [2_483_119] }),
    sha256: Type.Optional({ ...Sha256, description: "Base64 of the SHA-256 of the bytes; any others are refused." }),
    filename: Type.Optional(Filename),
    title: Type.Optional(Title),
    albumId: Type.Optional({ ...Uuid, description: "An album that you may add photos to." }),
    visibility: Type.Optional({ ...Visibility, default: "private" }),
    partHashes: Type.Optional(
      Type.Boolean({
        description: "Of an upload in parts: you will say the SHA-256 of each, and S3 refuses any other bytes.",
      }),
    ),
    upload: Type.Optional(oneOf(uploadMethods, { default: "put", description: "By what the bytes are to be sent." })),
  },
  {
    $id: "UploadRequest",
    additionalProperties: false,
  },
);

export const PresignedRequest = Type.Object(
  {
    method: oneOf(["PUT", "DELETE"], { examples: ["PUT"] }),
    url: Type.String({
      format: "uri",
      examples: [
        "https://bucket.s3.eu-central-1.amazonaws.com/uploads/f4b8a408/01990b1c?X-Amz-Expires=900&X-Amz-Signature=2f0c",
      ],
    }),
    headers: Type.Unsafe<Readonly<Record<string, string>>>({
      type: "object",
      additionalProperties: { type: "string" },
      description: "Send exactly these. Browsers and most clients set `content-length` themselves.",
      examples: [{ "content-type": "image/jpeg", "content-length": "2483119", "if-none-match": "*" }],
    }),
    expiresAt: Time,
  },
  {
    $id: "PresignedRequest",
    description: "A request to S3 that whoever holds it may send, as it stands, until it expires.",
  },
);

export const PresignedForm = Type.Object(
  {
    method: oneOf(["POST"]),
    url: Type.String({ format: "uri", examples: ["https://bucket.s3.eu-central-1.amazonaws.com/"] }),
    fields: Type.Unsafe<Readonly<Record<string, string>>>({
      type: "object",
      additionalProperties: { type: "string" },
      description: "Send exactly these, and after them the bytes as the field `file`, as `multipart/form-data`.",
      examples: [{ "Content-Type": "image/jpeg", key: "uploads/f4b8a408/01990b1c", Policy: "eyJleHBpcmF0aW9uIjoi" }],
    }),
    expiresAt: Time,
  },
  {
    $id: "PresignedForm",
    description:
      "A form that whoever holds it may post to S3, with these fields, until it expires. Unlike a PUT it can be posted twice: what comes second is thrown away.",
  },
);

export const MultipartUpload = Type.Object(
  {
    method: oneOf(["MULTIPART"]),
    uploadId: Type.String({
      description: "S3's name of the upload, for logs: every call here goes by the photo.",
      examples: ["VXBsb2FkIElE"],
    }),
    partSize: Type.Integer({
      description: "Bytes of every part but the last, which has the rest.",
      examples: [5_242_880],
    }),
    partCount: Type.Integer({ minimum: 1, maximum: 10_000, examples: [12] }),
    expiresAt: Time,
  },
  {
    $id: "MultipartUpload",
    description:
      "An upload in parts, which are presigned by `POST /v1/photos/{photoId}/multipart/parts` as they are needed, and which is completed by `expiresAt`.",
  },
);

/** The serialiser tries them in their order. */
const Upload = Type.Union([ref(PresignedRequest), ref(PresignedForm), ref(MultipartUpload)]);

export const Reservation = Type.Object(
  { photo: ref(Photo), upload: Upload },
  { $id: "Reservation", description: "A photo that is `pending`, and by what to upload its bytes." },
);

export function toReservation({ photo, upload }: DomainReservation): Static<typeof Reservation> {
  return { photo: toPhoto(photo), upload };
}
