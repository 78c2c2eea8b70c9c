import type { Config } from "../config.ts";
import type { SignPhotoUrls } from "../domain/photo-urls.ts";
import { createChangePhoto } from "../domain/use-cases/photos/change-photo.ts";
import { createCompletePhoto } from "../domain/use-cases/photos/complete-photo.ts";
import { createIssueDeleteUrl } from "../domain/use-cases/photos/issue-delete-url.ts";
import { createIssueUrls } from "../domain/use-cases/photos/issue-urls.ts";
import { createListPhotos } from "../domain/use-cases/photos/list-photos.ts";
import { createRelate } from "../domain/use-cases/photos/relate.ts";
import { createRestorePhoto, createTrashPhoto } from "../domain/use-cases/photos/trash-photo.ts";
import type { PhotoUseCases } from "../routes/photos/photos-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composePhotos(
  config: Config,
  { photos, albums, relations, presigner, now }: Adapters,
  signPhotoUrls: SignPhotoUrls,
): Omit<PhotoUseCases, "reservePhotos"> {
  const relate = createRelate({ relations });
  return {
    completePhoto: createCompletePhoto({ photos, now }),
    changePhoto: createChangePhoto({ photos, albums, relations }),
    trashPhoto: createTrashPhoto({ photos, now }),
    restorePhoto: createRestorePhoto({ photos }),
    listPhotos: createListPhotos({ photos, relations, relate, signPhotoUrls, now }),
    issueUrls: createIssueUrls({ photos, relate, signPhotoUrls, now }),
    issueDeleteUrl: createIssueDeleteUrl({ photos, presigner, now, deleteSeconds: config.LATCHKEY_UPLOAD_SECONDS }),
  };
}
