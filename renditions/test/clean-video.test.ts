import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { rejection } from "../../local/test/support/rejection.ts";
import { cleanVideo } from "../video/clean-video.ts";
import { browserWebm, fragmentsMp4, liveWebm, phoneMp4, type TestVideo, videos } from "./support/videos.ts";

describe("a video for viewers", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "latchkey-video-"));
  });
  after(() => rm(folder, { recursive: true }));

  const clean = async (bytes: Buffer, contentType: string): Promise<Buffer> => {
    const file = join(folder, "source");
    await writeFile(file, bytes);
    await cleanVideo(file, contentType);
    return readFile(file);
  };

  for (const { name, contentType, bytes } of videos) {
    it(`has the length, and nearly all bytes, of the one that came: ${name}`, async () => {
      const before = await bytes();
      const after = await clean(before, contentType);
      expect(after).to.have.length(before.length);
      const changed = after.filter((byte, at) => byte !== before[at]).length;
      expect(changed).to.be.within(1, 1000);
    });

    it(`is refused wherever it was cut off: ${name}`, async () => {
      const whole = await bytes();
      for (let length = 0; length < whole.length; length += 97) {
        const error = await rejection(clean(whole.subarray(0, length), contentType));
        expect(error, `cut off at ${length}`).to.include({ reason: "undecodable" });
      }
    });

    it(`is refused with something else behind it: ${name}`, async () => {
      const archive = Buffer.from("PK\u0003\u0004\u0014\0\0\0\u0008\0 an archive", "latin1");
      const error = await rejection(clean(Buffer.concat([await bytes(), archive]), contentType));
      expect(error).to.include({ reason: "undecodable" });
    });
  }

  it("loses the tracks that are not to be seen or heard, and all their samples", async () => {
    const before = withHiddenSound(await phoneMp4.bytes());
    const after = await clean(before, phoneMp4.contentType);
    const [, chunks = []] = chunkOffsets(before);
    expect(chunks).not.to.deep.equal([]);
    for (const at of chunks) {
      expect(before.subarray(at, at + 8).equals(Buffer.alloc(8))).to.equal(false);
      expect(after.subarray(at, at + 8).equals(Buffer.alloc(8))).to.equal(true);
    }
    expect(chunkOffsets(after)).to.have.length(1);
  });

  const broken: [string, TestVideo, (bytes: Buffer) => Buffer][] = [
    ["has sound alone", phoneMp4, (bytes) => replaced(bytes, "vide", "soun")],
    ["has no film's directory", phoneMp4, (bytes) => replaced(bytes, "moov", "free")],
    ["has no film's bytes", phoneMp4, (bytes) => replaced(bytes, "mdat", "free")],
    ["has hidden tracks in fragments", fragmentsMp4, withHiddenSound],
    ["says that hidden samples lie outside of it", phoneMp4, (bytes) => withHiddenSound(bytes, 0x7fffffff)],
    ["has no clusters", browserWebm, (bytes) => replaced(bytes, "\x1f\x43\xb6\x75", "\x1f\x43\xb6\x76")],
    ["has no tracks", liveWebm, (bytes) => replaced(bytes, "\x16\x54\xae\x6b", "\x16\x54\xae\x6c")],
  ];
  for (const [what, video, breaking] of broken) {
    it(`is refused when it ${what}`, async () => {
      const error = await rejection(clean(breaking(await video.bytes()), video.contentType));
      expect(error).to.include({ reason: "undecodable" });
    });
  }
});

/** Every one of a word by another of its length. */
function replaced(bytes: Buffer, word: string, by: string): Buffer {
  return Buffer.from(bytes.toString("latin1").replaceAll(word, by), "latin1");
}

/** As if the sound were what a sensor recorded; its chunks may be said to lie elsewhere. */
function withHiddenSound(bytes: Buffer, firstChunk?: number): Buffer {
  const hidden = replaced(bytes, "soun", "meta");
  if (firstChunk !== undefined) hidden.writeUInt32BE(firstChunk, hidden.lastIndexOf("stco") + 12);
  return hidden;
}

/** Where the chunks of each track lie, by its `stco` box. */
function chunkOffsets(bytes: Buffer): number[][] {
  const tracks: number[][] = [];
  for (let at = bytes.indexOf("stco"); at >= 0; at = bytes.indexOf("stco", at + 1)) {
    const count = bytes.readUInt32BE(at + 8);
    tracks.push(Array.from({ length: count }, (_, index) => bytes.readUInt32BE(at + 12 + index * 4)));
  }
  return tracks;
}
