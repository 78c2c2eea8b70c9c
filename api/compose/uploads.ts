import { createPhotoIds } from "../adapters/photo-ids.ts";
import type { Config } from "../config.ts";
import { createManageMultipart, type ManageMultipart } from "../domain/use-cases/multipart/manage-multipart.ts";
import { createIssueUploads } from "../domain/use-cases/photos/issue-uploads.ts";
import { createReservePhotos, type ReservePhotos } from "../domain/use-cases/photos/reserve-photos.ts";
import { createReserveUploads, type ReserveUploads } from "../domain/use-cases/photos/reserve-uploads.ts";
import type { Adapters } from "./adapters.ts";

export interface UploadUseCases extends ManageMultipart {
  readonly reserveUploads: ReserveUploads;
  readonly reservePhotos: ReservePhotos;
}

export function composeUploads(config: Config, adapters: Adapters): UploadUseCases {
  const uploadSeconds = config.LATCHKEY_UPLOAD_SECONDS;
  const limits = {
    maxBytes: config.LATCHKEY_MAX_UPLOAD_BYTES,
    contentTypes: config.LATCHKEY_ALLOWED_TYPES,
    uploadSeconds,
    multipartDays: config.LATCHKEY_MULTIPART_DAYS,
    quota: { bytes: config.LATCHKEY_QUOTA_BYTES, photos: config.LATCHKEY_QUOTA_PHOTOS },
  };
  const reserveUploads = createReserveUploads({ ...adapters, newId: createPhotoIds(adapters.now), limits });
  return {
    reserveUploads,
    reservePhotos: createReservePhotos({ reserveUploads, issueUploads: createIssueUploads(adapters) }),
    ...createManageMultipart({ ...adapters, uploadSeconds }),
  };
}
