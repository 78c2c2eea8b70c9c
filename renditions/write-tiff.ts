import { closeSync, openSync, writeSync } from "node:fs";

export interface TiffImage {
  /** Row by row, a byte for each channel. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly icc?: Uint8Array | undefined;
}

type Entry = readonly [
  tag: number,
  type: typeof short | typeof long | typeof bytes,
  values: readonly number[] | Uint8Array,
];
const [short, long, bytes] = [3, 4, 7] as const;
const lengthOf = { [short]: 2, [long]: 4, [bytes]: 1 };

const rowsPerStrip = 64;
const headerLength = 8;

/** Writes pixels with their colour profile as TIFF 6.0, uncompressed; less than 4 GB. */
export function writeTiff(path: string, { data, width, height, channels, icc }: TiffImage): void {
  const stripLength = rowsPerStrip * width * channels;
  const strips = Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, strip) => strip * stripLength);
  const entries: Entry[] = [
    [256, long, [width]],
    [257, long, [height]],
    [258, short, Array.from({ length: channels }, () => 8)],
    [259, short, [1]], // Not compressed.
    [262, short, [2]], // RGB.
    [273, long, strips.map((at) => headerLength + at)],
    [277, short, [channels]],
    [278, long, [rowsPerStrip]],
    [279, long, strips.map((at) => Math.min(stripLength, data.length - at))],
    ...(channels === 4 ? ([[338, short, [2]]] satisfies Entry[]) : []), // The fourth is alpha.
    ...(icc ? ([[34675, bytes, icc]] satisfies Entry[]) : []),
  ];
  // A directory begins at an even place.
  const directoryAt = headerLength + data.length + (data.length % 2);
  const file = openSync(path, "wx");
  try {
    const header = Buffer.from("II*\0\0\0\0\0", "latin1");
    header.writeUInt32LE(directoryAt, 4);
    writeSync(file, header);
    for (const at of strips) writeSync(file, data.subarray(at, at + stripLength));
    const last = directory(entries, directoryAt);
    writeSync(file, last, 0, last.length, directoryAt);
  } finally {
    closeSync(file);
  }
}

/** What is longer than four bytes stands behind the directory, and in it where. */
function directory(entries: readonly Entry[], at: number): Buffer {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  table.writeUInt16LE(entries.length, 0);
  const behind: Buffer[] = [];
  let free = at + table.length;
  for (const [index, [tag, type, values]] of entries.entries()) {
    const entry = 2 + index * 12;
    table.writeUInt16LE(tag, entry);
    table.writeUInt16LE(type, entry + 2);
    table.writeUInt32LE(values.length, entry + 4);
    const encoded = Buffer.alloc(Math.ceil((values.length * lengthOf[type]) / 2) * 2);
    for (const [nth, value] of values.entries()) encoded.writeUIntLE(value, nth * lengthOf[type], lengthOf[type]);
    if (encoded.length <= 4) {
      encoded.copy(table, entry + 8);
    } else {
      table.writeUInt32LE(free, entry + 8);
      behind.push(encoded);
      free += encoded.length;
    }
  }
  return Buffer.concat([table, ...behind]);
}
