import sharp, { type Sharp } from "sharp";

/** Upright 8-bit sRGB, three bytes a pixel, row by row. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What EXIF says of the stored rows and columns; 1 is upright, 6 is a phone held upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
export const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** Shows an encoded image as a viewer does: upright, by its colour profile, on white; of an animation the first frame. */
export async function decode(image: Buffer, size?: { width: number; height: number }): Promise<Pixels> {
  const shown = sharp(image, { autoOrient: true, limitInputPixels: false }).flatten({ background: "white" });
  const { data, info } = await (size ? shown.resize({ ...size, fit: "fill" }) : shown)
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export function fromPixels({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/**
 * How far two encoded images are apart to the eye: the mean difference of their channels, 0 to 255, at the smaller size
 * of the two. The same photo in another format stays under 2; mirrored or turned it is over 30, and with its colour profile
 * ignored over 3.
 */
export async function meanDifference(a: Buffer, b: Buffer): Promise<number> {
  const sizes = await Promise.all([a, b].map(async (image) => (await sharp(image).metadata()).autoOrient));
  const size = {
    width: Math.min(...sizes.map(({ width }) => width)),
    height: Math.min(...sizes.map(({ height }) => height)),
  };
  const [one, other] = await Promise.all([decode(a, size), decode(b, size)]);
  const sum = one.data.reduce((total, value, index) => total + Math.abs(value - (other.data[index] ?? 0)), 0);
  return sum / one.data.length;
}

/**
 * The rows and columns as a camera that is held another way stores them. By hand, from EXIF's definition of where the
 * first row and column are seen: the library that turns them back must not be its own judge.
 */
export function store({ data, width, height }: Pixels, orientation: Orientation): Pixels {
  const isTurned = orientation >= 5;
  const [storedWidth, storedHeight] = isTurned ? [height, width] : [width, height];
  const seenAt = seen[orientation];
  const stored = Buffer.alloc(data.length);
  for (let y = 0; y < storedHeight; y++) {
    for (let x = 0; x < storedWidth; x++) {
      const [column, row] = seenAt(x, y, width - 1, height - 1);
      data.copy(stored, (y * storedWidth + x) * 3, (row * width + column) * 3, (row * width + column) * 3 + 3);
    }
  }
  return { data: stored, width: storedWidth, height: storedHeight };
}

type SeenAt = (x: number, y: number, right: number, bottom: number) => [column: number, row: number];

const seen: Readonly<Record<Orientation, SeenAt>> = {
  1: (x, y) => [x, y],
  2: (x, y, right) => [right - x, y],
  3: (x, y, right, bottom) => [right - x, bottom - y],
  4: (x, y, _right, bottom) => [x, bottom - y],
  5: (x, y) => [y, x],
  6: (x, y, right) => [right - y, x],
  7: (x, y, right, bottom) => [right - y, bottom - x],
  8: (x, y, _right, bottom) => [y, bottom - x],
};
