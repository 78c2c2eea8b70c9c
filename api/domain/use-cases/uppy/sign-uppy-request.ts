import { NoMultipartUploadError, PartsMismatchError, UnknownUploadRequestError } from "../../errors.ts";
import { only } from "../../outcome.ts";
import { bytesOf, faultOf, partLength } from "../../part-plan.ts";
import { type Photo, photoKeys } from "../../photo.ts";
import { giveUp } from "../../photo-changes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MultipartUploads } from "../../ports/multipart.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { UploadPresigner } from "../../ports/signing.ts";
import type { ReserveUploads } from "../photos/reserve-uploads.ts";
import type { UppyCompanion } from "./companion.ts";
import { readKeyHint, typeOf } from "./key-hint.ts";
import { adoptNamedUpload } from "./named-upload.ts";

/** What Uppy 6 is about to ask of S3: it speaks S3's own protocol, and has each request signed. */
export interface UppyRequest {
  readonly method: "PUT" | "POST" | "GET" | "DELETE";
  /** What the client would like at first, then what it was told. */
  readonly key: string;
  readonly contentType?: string;
  readonly uploadId?: string;
  readonly partNumber?: number;
}

export interface SignedUppyRequest {
  readonly url: string;
  /** In place of the one that was asked for. */
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a form, when that is how to send it. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * Signs one request. Throws PhotoNotFoundError for a key or an id that were not issued to the viewer, PartsMismatchError
 * for parts outside the plan, NoMultipartUploadError once it is over, and whatever reserving throws.
 */
export type SignUppyRequest = (viewer: Viewer, request: UppyRequest) => Promise<SignedUppyRequest>;

export interface SignUppyRequestOptions {
  readonly photos: Pick<PhotoStore, "find" | "change">;
  readonly presigner: Pick<UploadPresigner, "begin" | "list" | "complete" | "abort" | "parts">;
  readonly uploads: Pick<MultipartUploads, "list">;
  readonly uploadWhole: UppyCompanion["uploadWhole"];
  readonly reserveUploads: ReserveUploads;
  readonly now: Clock;
  readonly uploadSeconds: number;
}

export function createSignUppyRequest(options: SignUppyRequestOptions): SignUppyRequest {
  const { photos, presigner, uploads, uploadWhole, reserveUploads, now, uploadSeconds } = options;

  const announced = ({ key, contentType }: UppyRequest) => {
    const hint = readKeyHint(key);
    return { ...hint, contentType: typeOf(contentType, hint.filename) };
  };

  async function whole(viewer: Viewer, request: UppyRequest): Promise<SignedUppyRequest> {
    const { photo, upload } = await uploadWhole(viewer, announced(request));
    const key = photoKeys.upload(photo);
    return "fields" in upload ? { url: upload.url, key, fields: upload.fields } : { ...upload, key };
  }

  async function begin(viewer: Viewer, request: UppyRequest): Promise<SignedUppyRequest> {
    const { planned, until } = await reserveUploads(viewer, [{ ...announced(request), upload: "multipart" }]);
    const { photo } = only(planned);
    const key = photoKeys.upload(photo);
    return { key, ...(await presigner.begin({ key, contentType: photo.contentType }, until)) };
  }

  /** What is asked of an upload that was begun, by its method. */
  const signers: Record<UppyRequest["method"], (upload: Begun, until: Date) => Promise<{ readonly url: string }>> = {
    async PUT({ photo, named, partNumber = 0 }, until) {
      const size = partLength(photo.size, photo.multipart.partSize, partNumber);
      if (size === undefined) throw new PartsMismatchError(`The upload has no part ${partNumber}`);
      return only(await presigner.parts(named, [{ partNumber, size: photo.unsized ? undefined : size }], until));
    },

    GET: ({ named }, until) => presigner.list(named, until),

    async POST({ photo, named }, until) {
      const stored = await uploads.list(named);
      if (!stored) throw new NoMultipartUploadError("ended");
      // The ETags are between the client and S3; that it is all there, and no more, is ours to see.
      const fault = faultOf(photo, stored, stored);
      if (fault !== undefined) throw new PartsMismatchError(fault);
      return presigner.complete(named, bytesOf(stored), until);
    },

    async DELETE({ photo, named }, until) {
      await photos.change(photo.id, giveUp(now()));
      return presigner.abort(named, until);
    },
  };

  return async (viewer, request) => {
    const { method, key, uploadId, partNumber } = request;
    if (uploadId === undefined) {
      if (method === "PUT" && partNumber === undefined) return whole(viewer, request);
      if (method === "POST") return begin(viewer, request);
      throw new UnknownUploadRequestError(method);
    }
    const named = { key, uploadId };
    const photo = await adoptNamedUpload(photos, viewer, named);
    if (photo.status !== "pending" || !photo.multipart) throw new NoMultipartUploadError("ended");
    const begun = { photo: { ...photo, multipart: photo.multipart }, named, partNumber };
    return { key, ...(await signers[method](begun, new Date(now().getTime() + uploadSeconds * 1000))) };
  };
}

interface Begun {
  readonly photo: Photo & Required<Pick<Photo, "multipart">>;
  readonly named: { readonly key: string; readonly uploadId: string };
  readonly partNumber: number | undefined;
}
