/** Tags of the EXIF standard (CIPA DC-008). */
const exifDirectory = 0x8769;
const dateTimeOriginal = 0x9003;
const offsetTimeOriginal = 0x9011;

/**
 * When a photo was taken, of its raw EXIF block. Cameras write local time; one without its offset is taken for UTC.
 * Undefined for what is absent or makes no sense: metadata is never a reason to refuse a photo.
 */
export function timeTaken(exif: Buffer | undefined): Date | undefined {
  if (!exif) return undefined;
  try {
    return readTimeTaken(exif);
  } catch (error) {
    // An offset that points outside the block.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Follows these three tags alone, so that a hostile block costs no more time and memory than its own length. */
function readTimeTaken(exif: Buffer): Date | undefined {
  const tiff = exif.subarray(exif.toString("latin1", 0, 6) === "Exif\0\0" ? 6 : 0);
  const littleEndian = tiff.toString("latin1", 0, 2) === "II";
  const short = (at: number) => (littleEndian ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (littleEndian ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));

  /** Where the twelve bytes of a tag stand: id, type, count and, from the eighth on, the value or its offset. */
  const find = (directory: number, tag: number): number | undefined => {
    const end = directory + 2 + short(directory) * 12;
    for (let entry = directory + 2; entry < end; entry += 12) if (short(entry) === tag) return entry;
    return undefined;
  };
  const text = (entry: number, length: number): string => {
    const start = long(entry + 8);
    return tiff.toString("latin1", start, start + Math.min(long(entry + 4), length));
  };

  const pointer = find(long(4), exifDirectory);
  const directory = pointer && long(pointer + 8);
  const taken = directory && find(directory, dateTimeOriginal);
  if (!taken) return undefined;
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text(taken, 19)) ?? [];
  const offset = find(directory, offsetTimeOriginal);
  const [zone = "Z"] = (offset && /^[+-]\d\d:\d\d$/.exec(text(offset, 6))) || [];
  const date = new Date(`${year}-${month}-${day}T${time}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
