import type { FastifyPluginAsync } from "fastify";
import type { ChangePhoto } from "../../domain/use-cases/photos/change-photo.ts";
import type { CompletePhoto } from "../../domain/use-cases/photos/complete-photo.ts";
import type { IssueDeleteUrl } from "../../domain/use-cases/photos/issue-delete-url.ts";
import type { IssueUrls } from "../../domain/use-cases/photos/issue-urls.ts";
import type { ListPhotos } from "../../domain/use-cases/photos/list-photos.ts";
import type { ReservePhotos } from "../../domain/use-cases/photos/reserve-photos.ts";
import type { TrashPhoto } from "../../domain/use-cases/photos/trash-photo.ts";
import { changePhotoRoute } from "./change-photo.ts";
import { completePhotoRoute } from "./complete-photo.ts";
import { issueDeleteUrlRoute } from "./issue-delete-url.ts";
import { issueUrlsRoute } from "./issue-urls.ts";
import { listPhotosRoute } from "./list-photos.ts";
import { reservePhotoRoute } from "./reserve-photo.ts";
import { reservePhotosRoute } from "./reserve-photos.ts";
import { restorePhotoRoute } from "./restore-photo.ts";
import { trashPhotoRoute } from "./trash-photo.ts";
import { viewPhotoRoute } from "./view-photo.ts";

export interface PhotoUseCases {
  readonly reservePhotos: ReservePhotos;
  readonly completePhoto: CompletePhoto;
  readonly changePhoto: ChangePhoto;
  readonly trashPhoto: TrashPhoto;
  readonly restorePhoto: TrashPhoto;
  readonly listPhotos: ListPhotos;
  readonly issueUrls: IssueUrls;
  readonly issueDeleteUrl: IssueDeleteUrl;
}

/** Every route about photos that asks for a signed-in viewer. */
export const photosRoutes: FastifyPluginAsync<PhotoUseCases> = async (v1, useCases) => {
  await reservePhotoRoute(v1, useCases);
  await reservePhotosRoute(v1, useCases);
  await listPhotosRoute(v1, useCases);
  await viewPhotoRoute(v1, useCases);
  await changePhotoRoute(v1, useCases);
  await trashPhotoRoute(v1, useCases);
  await restorePhotoRoute(v1, useCases);
  await completePhotoRoute(v1, useCases);
  await issueDeleteUrlRoute(v1, useCases);
  await issueUrlsRoute(v1, useCases);
};
