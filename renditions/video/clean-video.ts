import { open } from "node:fs/promises";
import { inspectMp4 } from "./inspect-mp4.ts";
import { inspectWebm } from "./inspect-webm.ts";
import { applyPatch } from "./patch.ts";

/**
 * Checks a video, and overwrites in the file itself what it says about where, with what and by whom it was taken. Nothing
 * moves and nothing is decoded. Throws RejectedUploadError for a file that is no video to its end.
 */
export async function cleanVideo(path: string, contentType: string): Promise<void> {
  await using file = await open(path, "r+");
  const { size } = await file.stat();
  const patches = await (contentType === "video/webm" ? inspectWebm : inspectMp4)(file, size);
  for (const patch of patches) await applyPatch(file, patch);
}
