import type { Calls } from "./calls.ts";
import type { PartsUpload } from "./deliver-parts.ts";
import { LatchkeyProblem } from "./errors.ts";
import type { Photo, UploadRequest } from "./schema.ts";

/** Reserves an upload in parts. */
export async function begin(
  { post }: Pick<Calls, "post">,
  request: UploadRequest,
  signal: AbortSignal | undefined,
): Promise<PartsUpload> {
  const { photo, upload } = await post("/v1/photos", { body: { ...request, upload: "multipart" }, signal });
  if (upload.method !== "MULTIPART") throw new Error(`The API answered an upload in parts by ${upload.method}`);
  return { photoId: photo.id, partSize: upload.partSize, partCount: upload.partCount, arrived: [] };
}

/**
 * How far an upload in parts had come, or its photo when it had come to its end. Rejects with a TypeError when another
 * file is to be sent, and with a LatchkeyProblem of 404 when the reservation has lapsed or was given up.
 */
export async function findBegun(
  { get }: Pick<Calls, "get">,
  photoId: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<PartsUpload | Photo> {
  const init = { params: { path: { photoId } }, signal };
  const { photo } = await get("/v1/photos/{photoId}", init);
  if (photo.size !== size) throw new TypeError(`Photo ${photoId} has ${photo.size} bytes, and this source ${size}`);
  try {
    const { parts, partSize, partCount } = await get("/v1/photos/{photoId}/multipart/parts", init);
    return { photoId, partSize, partCount, arrived: parts };
  } catch (error) {
    if (error instanceof LatchkeyProblem && error.code === "NO_MULTIPART_UPLOAD" && photo.status !== "pending")
      return photo;
    throw error;
  }
}
