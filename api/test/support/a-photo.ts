import { v7 as uuidv7 } from "uuid";
import type { Photo } from "../../domain/photo.ts";

export const noon = new Date("2026-06-01T12:00:00.000Z");

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
    ...overrides,
  };
}
