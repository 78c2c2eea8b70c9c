import { createPhotoIds } from "../adapters/photo-ids.ts";
import type { Config } from "../config.ts";
import type { SignPhotoUrls } from "../domain/photo-urls.ts";
import { createManageMultipart, type ManageMultipart } from "../domain/use-cases/multipart/manage-multipart.ts";
import { createChangePhoto } from "../domain/use-cases/photos/change-photo.ts";
import { createCompletePhoto } from "../domain/use-cases/photos/complete-photo.ts";
import { createIssueDeleteUrl } from "../domain/use-cases/photos/issue-delete-url.ts";
import { createIssueUploads } from "../domain/use-cases/photos/issue-uploads.ts";
import { createIssueUrls } from "../domain/use-cases/photos/issue-urls.ts";
import { createListPhotos } from "../domain/use-cases/photos/list-photos.ts";
import { createRelate } from "../domain/use-cases/photos/relate.ts";
import { createReservePhotos } from "../domain/use-cases/photos/reserve-photos.ts";
import { createRestorePhoto, createTrashPhoto } from "../domain/use-cases/photos/trash-photo.ts";
import type { PhotoUseCases } from "../routes/photos/photos-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composePhotos(
  config: Config,
  adapters: Adapters,
  signPhotoUrls: SignPhotoUrls,
): PhotoUseCases & ManageMultipart {
  const { photos, relations, presigner, uploads, now } = adapters;
  const uploadSeconds = config.LATCHKEY_UPLOAD_SECONDS;
  const relate = createRelate({ relations });
  const limits = {
    maxBytes: config.LATCHKEY_MAX_UPLOAD_BYTES,
    contentTypes: config.LATCHKEY_ALLOWED_TYPES,
    uploadSeconds,
    multipartDays: config.LATCHKEY_MULTIPART_DAYS,
    quota: { bytes: config.LATCHKEY_QUOTA_BYTES, photos: config.LATCHKEY_QUOTA_PHOTOS },
  };
  return {
    reservePhotos: createReservePhotos({
      photos,
      relations,
      issueUploads: createIssueUploads({ presigner, uploads, photos, now }),
      newId: createPhotoIds(now),
      now,
      limits,
    }),
    ...createManageMultipart({ photos, uploads, presigner, now, uploadSeconds }),
    completePhoto: createCompletePhoto({ photos, now }),
    changePhoto: createChangePhoto({ photos, relations }),
    trashPhoto: createTrashPhoto({ photos, now }),
    restorePhoto: createRestorePhoto({ photos }),
    listPhotos: createListPhotos({ photos, relations, relate, signPhotoUrls, now }),
    issueUrls: createIssueUrls({ photos, relate, signPhotoUrls, now }),
    issueDeleteUrl: createIssueDeleteUrl({ photos, presigner, now, deleteSeconds: uploadSeconds }),
  };
}
