import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A video for tests, and the words in it that no viewer may find. */
export interface TestVideo {
  readonly name: string;
  readonly contentType: string;
  readonly key: string;
  readonly secrets: readonly string[];
  bytes(): Promise<Buffer>;
}

function video(name: string, contentType: string, key: string, ...secrets: string[]): TestVideo {
  const bytes = () => readFile(join(import.meta.dirname, "..", "videos", name));
  return { name, contentType, key, secrets, bytes };
}

export const phoneMp4 = video("phone.mp4", "video/mp4", "video.mp4", "+51.4778-000.0014/", "Example");
export const phoneMov = video("phone.mov", "video/quicktime", "video.mov", "+51.4778-000.0014/", "Example");
export const fragmentsMp4 = video("fragments.mp4", "video/mp4", "video.mp4", "Secret");
export const browserWebm = video("browser.webm", "video/webm", "video.webm", "Greenwich");
export const liveWebm = video("live.webm", "video/webm", "video.webm", "Greenwich");

export const videos: readonly TestVideo[] = [phoneMp4, phoneMov, fragmentsMp4, browserWebm, liveWebm];
