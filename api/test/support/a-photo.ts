import { v7 as uuidv7 } from "uuid";
import type { Photo } from "../../domain/photo.ts";
import type { Usage } from "../../domain/photo-changes.ts";

export const noon = new Date("2026-06-01T12:00:00.000Z");

/** For tests that are not about it. */
export const noQuota: Usage = { bytes: Number.MAX_SAFE_INTEGER, photos: Number.MAX_SAFE_INTEGER };

/** A photo of olga's that differs from any other only in what a test is about. */
export function aPhoto(overrides: Partial<Photo> = {}): Photo {
  return {
    id: uuidv7(),
    ownerId: "olga",
    contentType: "image/jpeg",
    size: 1234,
    visibility: "private",
    status: "pending",
    createdAt: noon,
    version: 1,
    ...overrides,
  };
}
