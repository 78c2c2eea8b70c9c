import { expect } from "chai";
import sharp from "sharp";
import { timeTaken } from "../time-taken.ts";
import { chelsea } from "./support/photos.ts";

type Tags = Readonly<Record<string, string>>;

describe("the time at which a photo was taken", () => {
  async function exifOf(tags: Tags): Promise<Buffer | undefined> {
    const image = sharp({ create: { width: 1, height: 1, channels: 3, background: "white" } });
    const { exif } = await sharp(await image.withExif({ IFD2: tags }).jpeg().toBuffer()).metadata();
    return exif;
  }

  const cases: [string, Tags, string | undefined][] = [
    [
      "is read with its offset",
      { DateTimeOriginal: "2024:05:17 14:03:21", OffsetTimeOriginal: "+01:00" },
      "2024-05-17T13:03:21Z",
    ],
    [
      "is read with a negative offset",
      { DateTimeOriginal: "2024:05:17 23:30:00", OffsetTimeOriginal: "-05:30" },
      "2024-05-18T05:00:00Z",
    ],
    ["is taken for UTC without an offset", { DateTimeOriginal: "2024:05:17 14:03:21" }, "2024-05-17T14:03:21Z"],
    [
      "is taken for UTC with an offset of blanks",
      { DateTimeOriginal: "2024:05:17 14:03:21", OffsetTimeOriginal: "   :  " },
      "2024-05-17T14:03:21Z",
    ],
    ["is unknown to a camera without a clock", { DateTimeOriginal: "0000:00:00 00:00:00" }, undefined],
    ["is unknown when left blank", { DateTimeOriginal: "    :  :     :  :  " }, undefined],
    ["is unknown in a thirteenth month", { DateTimeOriginal: "2024:13:17 14:03:21" }, undefined],
    ["is unknown when it is no time at all", { DateTimeOriginal: "yesterday" }, undefined],
    ["is unknown when the block says nothing of it", { UserComment: "hello" }, undefined],
  ];
  for (const [title, tags, expected] of cases) {
    it(title, async () => {
      expect(timeTaken(await exifOf(tags))).to.deep.equal(expected && new Date(expected));
    });
  }

  it("is unknown without an EXIF block", () => {
    expect(timeTaken(undefined)).to.equal(undefined);
  });

  it("is read in either byte order", () => {
    for (const bigEndian of [true, false]) {
      expect(timeTaken(block(bigEndian))).to.deep.equal(new Date("2001-02-03T04:05:06Z"));
    }
  });

  it("is read or unknown, and never an error, however the block is damaged", async () => {
    const { exif = Buffer.alloc(0) } = await sharp(await chelsea.bytes()).metadata();
    for (let at = 0; at < exif.length; at++) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const damaged = Buffer.from(exif);
        damaged[at] = value;
        expect(timeTaken(damaged)).to.satisfy((time: unknown) => time === undefined || time instanceof Date);
      }
      timeTaken(exif.subarray(0, at));
    }
  });

  /** The smallest block that says when: two directories of one tag each, and the text. */
  function block(bigEndian: boolean): Buffer {
    const bytes = Buffer.alloc(64);
    const short = (value: number, at: number) =>
      bigEndian ? bytes.writeUInt16BE(value, at) : bytes.writeUInt16LE(value, at);
    const long = (value: number, at: number) =>
      bigEndian ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);
    bytes.write(bigEndian ? "MM" : "II", "latin1");
    short(42, 2);
    long(8, 4);
    short(1, 8);
    short(0x8769, 10);
    long(26, 18);
    short(1, 26);
    short(0x9003, 28);
    long(20, 32);
    long(44, 36);
    bytes.write("2001:02:03 04:05:06\0", 44, "latin1");
    return bytes;
  }
});
