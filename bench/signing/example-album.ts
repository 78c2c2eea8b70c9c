import { generateKeyPairSync } from "node:crypto";
import { createCloudFrontUrlSigner } from "../../api/adapters/cloudfront-url-signer.ts";
import { createPhotoIds } from "../../api/adapters/photo-ids.ts";
import type { Photo } from "../../api/domain/photo.ts";
import { createPhotoUrls } from "../../api/domain/photo-urls.ts";
import { unrelated } from "../../api/domain/policy.ts";
import { createIssueUrls, type IssueUrls } from "../../api/domain/use-cases/photos/issue-urls.ts";
import { createWindowSigner } from "../../api/domain/window-signer.ts";
import { exampleKeyId, exampleMediaUrl, exampleUpload, exampleViewer } from "./examples.ts";

const now = () => new Date();

export function examplePhotos(count: number): Photo[] {
  const newId = createPhotoIds(now);
  return Array.from({ length: count }, () => ({
    id: newId(),
    ownerId: exampleViewer.userId,
    contentType: exampleUpload.contentType,
    size: exampleUpload.size,
    visibility: "private",
    status: "ready",
    createdAt: now(),
    version: 1,
  }));
}

/** The use case on photos in memory, in a process that is alone in signing them. */
export function exampleIssueUrls(photos: readonly Photo[]): IssueUrls {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = createCloudFrontUrlSigner({ keyId: exampleKeyId, privateKey });
  const signForWindow = createWindowSigner({
    mediaUrl: exampleMediaUrl,
    windowSeconds: 900,
    currentSigner: async () => signer,
    signatures: { keepSignature: async (_id, _part, signature) => signature },
    now,
  });
  const byId = new Map(photos.map((photo) => [photo.id, photo]));
  return createIssueUrls({
    photos: { findMany: async (ids) => ids.map((id) => byId.get(id)) },
    relate: async () => () => unrelated,
    now,
    signPhotoUrls: createPhotoUrls({ mediaUrl: exampleMediaUrl, signForWindow }),
  });
}
