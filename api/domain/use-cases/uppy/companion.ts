import { only } from "../../outcome.ts";
import type { Part, UploadedPart } from "../../part-plan.ts";
import { type Photo, photoKeys } from "../../photo.ts";
import type { MultipartKey } from "../../ports/multipart.ts";
import type { PhotoStore } from "../../ports/photo-store.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { PresignedForm, PresignedPart, PresignedRequest } from "../../ports/signing.ts";
import type { ManageMultipart } from "../multipart/manage-multipart.ts";
import type { ReservePhotos } from "../photos/reserve-photos.ts";
import type { UploadRequest } from "../photos/reserve-uploads.ts";
import { findNamedUpload } from "./named-upload.ts";

/** What Uppy 5 asks of the server that it calls a companion, each upload a reservation like any other. */
export interface UppyCompanion {
  /** By a PUT of the announced length, or by a form of any up to the most where none was announced. */
  uploadWhole(viewer: Viewer, request: UploadRequest): Promise<WholeUpload>;
  uploadInParts(viewer: Viewer, request: UploadRequest): Promise<MultipartKey>;
  listNamedParts(viewer: Viewer, named: MultipartKey): Promise<readonly UploadedPart[]>;
  issueNamedParts(viewer: Viewer, named: MultipartKey, partNumbers: readonly number[]): Promise<PresignedPart[]>;
  completeNamed(viewer: Viewer, named: MultipartKey, parts: readonly Part[]): Promise<Photo>;
  abortNamed(viewer: Viewer, named: MultipartKey): Promise<void>;
}

export interface WholeUpload {
  readonly photo: Photo;
  readonly upload: PresignedRequest | PresignedForm;
}

export interface UppyCompanionOptions extends ManageMultipart {
  readonly photos: Pick<PhotoStore, "find">;
  readonly reservePhotos: ReservePhotos;
}

export function createUppyCompanion(options: UppyCompanionOptions): UppyCompanion {
  const { photos, reservePhotos, issueParts, listParts, completeMultipart, abortMultipart } = options;
  const idOf = async (viewer: Viewer, named: MultipartKey) => (await findNamedUpload(photos, viewer, named)).id;

  return {
    async uploadWhole(viewer, request) {
      const upload = request.size === undefined ? "post" : "put";
      const reservation = only(await reservePhotos(viewer, [{ ...request, upload }]));
      if (reservation.upload.method === "MULTIPART")
        throw new TypeError(`Reserved in parts what was to go by ${upload}`);
      return { photo: reservation.photo, upload: reservation.upload };
    },

    async uploadInParts(viewer, request) {
      const { photo, upload } = only(await reservePhotos(viewer, [{ ...request, upload: "multipart" }]));
      if (upload.method !== "MULTIPART") throw new TypeError(`Reserved by ${upload.method} what was to go in parts`);
      return { key: photoKeys.upload(photo), uploadId: upload.uploadId };
    },

    listNamedParts: async (viewer, named) => (await listParts(viewer, await idOf(viewer, named))).parts,
    issueNamedParts: async (viewer, named, numbers) =>
      issueParts(
        viewer,
        await idOf(viewer, named),
        numbers.map((partNumber) => ({ partNumber })),
      ),
    completeNamed: async (viewer, named, parts) => completeMultipart(viewer, await idOf(viewer, named), parts),
    abortNamed: async (viewer, named) => abortMultipart(viewer, await idOf(viewer, named)),
  };
}
