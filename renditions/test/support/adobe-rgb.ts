import { fromPixels, type Pixels } from "./pixels.ts";

/**
 * A JPEG in the colours of Adobe RGB (1998), as cameras write it: the same numbers mean other colours than in sRGB.
 * The conversion and the profile are made by hand, so that no colour engine is its own judge.
 */
export async function adobeRgbJpeg({ data, width, height }: Pixels): Promise<Buffer> {
  const converted = Buffer.alloc(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const linear = [0, 1, 2].map((channel) => fromSrgb(data.readUInt8(at + channel) / 255));
    for (const [channel, weights] of srgbToAdobe.entries()) {
      const value = weights.reduce((sum, weight, index) => sum + weight * (linear[index] ?? 0), 0);
      converted.writeUInt8(Math.round(255 * Math.min(1, Math.max(0, value)) ** (1 / gamma)), at + channel);
    }
  }
  const jpeg = await fromPixels({ data: converted, width, height })
    .jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
    .toBuffer();
  return withProfile(jpeg, profile());
}

const gamma = 563 / 256;

/** Linear light, both with the white point D65; the primaries differ in green alone. */
const srgbToAdobe: readonly (readonly number[])[] = [
  [0.715127, 0.284868, 0],
  [0, 1, 0],
  [0, 0.041165, 0.958836],
];

function fromSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** An ICC segment goes right after the start of image. */
function withProfile(jpeg: Buffer, icc: Buffer): Buffer {
  const segment = Buffer.concat([
    Buffer.from([0xff, 0xe2, 0, 0]),
    Buffer.from("ICC_PROFILE\0\u0001\u0001", "latin1"),
    icc,
  ]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

/** An ICC version 2 display profile of matrix and gamma (ICC.1:2001-04). */
function profile(): Buffer {
  const tags: readonly [signature: string, content: Buffer][] = [
    ["desc", description("Adobe RGB compatible")],
    ["cprt", Buffer.from("text\0\0\0\0CC0\0", "latin1")],
    ["wtpt", xyz(0.9505, 1, 1.0891)],
    // The primaries seen under D50, where profiles meet.
    ["rXYZ", xyz(0.60974, 0.31111, 0.01947)],
    ["gXYZ", xyz(0.20528, 0.62567, 0.06087)],
    ["bXYZ", xyz(0.14919, 0.06322, 0.74457)],
    ...["rTRC", "gTRC", "bTRC"].map((name): [string, Buffer] => [name, gammaCurve()]),
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  let offset = 128 + table.length;
  const contents = tags.map(([signature, content], index) => {
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    table.write(signature, 4 + 12 * index, "latin1");
    table.writeUInt32BE(offset, 8 + 12 * index);
    table.writeUInt32BE(content.length, 12 + 12 * index);
    offset += padded.length;
    return padded;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02100000, 8);
  header.write("mntrRGB XYZ ", 12, "latin1");
  header.write("acsp", 36, "latin1");
  xyz(0.9642, 1, 0.8249).copy(header, 68, 8);
  return Buffer.concat([header, table, ...contents]);
}

function xyz(...values: [number, number, number]): Buffer {
  const tag = Buffer.alloc(20);
  tag.write("XYZ ", "latin1");
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65536), 8 + 4 * index);
  return tag;
}

function gammaCurve(): Buffer {
  const tag = Buffer.alloc(14);
  tag.write("curv", "latin1");
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

function description(text: string): Buffer {
  // After the text stand its empty Unicode and Macintosh twins.
  const tag = Buffer.alloc(12 + text.length + 1 + 78);
  tag.write("desc", "latin1");
  tag.writeUInt32BE(text.length + 1, 8);
  tag.write(text, 12, "latin1");
  return tag;
}
