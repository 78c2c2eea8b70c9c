import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { adobeRgbJpeg } from "./adobe-rgb.ts";
import { decode, fromPixels, type Orientation, orientations, store } from "./pixels.ts";

/** A photograph for tests, made on first use and kept; width and height are what a viewer sees, in pixels. */
export interface TestPhoto {
  readonly name: string;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  bytes(): Promise<Buffer>;
  /** An image that any decoder shows as a viewer should see this one. */
  looksLike(): Promise<Buffer>;
}

type Make = () => Promise<Buffer>;

const width = 451;
const height = 300;

function photo(name: string, contentType: string, make: Make, size = { width, height }): TestPhoto {
  let made: Promise<Buffer> | undefined;
  return {
    name,
    contentType,
    ...size,
    bytes() {
      made ??= make();
      return made;
    },
    looksLike: () => chelsea.bytes(),
  };
}

/** The one photograph that all others are made of, with the EXIF block of a camera: a place, a time, a serial number. */
export const chelsea = photo("chelsea.jpg", "image/jpeg", () =>
  readFile(join(import.meta.dirname, "..", "photos", "chelsea.jpg")),
);

const pixels = async () => decode(await chelsea.bytes());
const fine = { quality: 92, chromaSubsampling: "4:4:4" } as const;

function jpeg(kind: "baseline" | "progressive", orientation: Orientation): TestPhoto {
  return photo(`${kind}-${orientation}.jpg`, "image/jpeg", async () =>
    fromPixels(store(await pixels(), orientation))
      .withMetadata({ orientation })
      .jpeg({ ...fine, progressive: kind === "progressive" })
      .toBuffer(),
  );
}

export const baselineJpegs = orientations.map((orientation) => jpeg("baseline", orientation));
export const progressiveJpegs = orientations.map((orientation) => jpeg("progressive", orientation));

/** Opaque in a circle in the middle, clear around it, and so white there to the eye. */
export const pngWithAlpha: TestPhoto = {
  ...photo("alpha.png", "image/png", async () => {
    const { data } = await pixels();
    const clear = Buffer.alloc(width * height * 4);
    for (let at = 0; at < width * height; at++) {
      data.copy(clear, at * 4, at * 3, at * 3 + 3);
      clear.writeUInt8(isInCircle(at) ? 255 : 0, at * 4 + 3);
    }
    return sharp(clear, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer();
  }),
  async looksLike() {
    const { data } = await pixels();
    for (let at = 0; at < width * height; at++) if (!isInCircle(at)) data.fill(255, at * 3, at * 3 + 3);
    return fromPixels({ data, width, height }).png().toBuffer();
  },
};

function isInCircle(at: number): boolean {
  return Math.hypot((at % width) - 225, Math.floor(at / width) - 150) < 120;
}

export const webp = photo("photo.webp", "image/webp", async () =>
  fromPixels(await pixels())
    .webp({ quality: 92 })
    .toBuffer(),
);

export const avif = photo("photo.avif", "image/avif", async () =>
  fromPixels(await pixels())
    .avif({ quality: 80, effort: 1 })
    .toBuffer(),
);

/** Three frames: the photo, its mirror image, its negative. */
export const animatedGif = photo("animated.gif", "image/gif", async () => {
  const first = fromPixels(await pixels());
  const frames = [first, first.clone().flop(), first.clone().negate()].map((frame) => frame.png().toBuffer());
  return sharp(await Promise.all(frames), { join: { animated: true } })
    .gif({ delay: [100, 100, 100], loop: 0 })
    .toBuffer();
});

/** The colours of a phone's screen and camera. */
export const displayP3Jpeg = photo("display-p3.jpg", "image/jpeg", async () =>
  fromPixels(await pixels())
    .withIccProfile("p3")
    .jpeg(fine)
    .toBuffer(),
);

export const adobeRgb = photo("adobe-rgb.jpg", "image/jpeg", async () => adobeRgbJpeg(await pixels()));

/** As printers want it; paper holds fewer colours, so it comes back a little duller. */
export const cmykJpeg = photo("cmyk.jpg", "image/jpeg", async () =>
  fromPixels(await pixels())
    .toColourspace("cmyk")
    .withIccProfile("cmyk")
    .jpeg(fine)
    .toBuffer(),
);

/** As a phone held upright stores it: turned by the file's own `irot`, which its EXIF says once more, in Display P3. */
export const heic = photo("phone.heic", "image/heic", () =>
  readFile(join(import.meta.dirname, "..", "photos", "phone.heic")),
);

/** Enlarged to a camera's size and stored as by a phone held upright. */
function large(name: string, stored: { width: number; height: number }): TestPhoto {
  const make = async () =>
    fromPixels(store(await pixels(), 6))
      .resize({ ...stored, fit: "fill", kernel: "nearest" })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 80 })
      .toBuffer();
  return photo(name, "image/jpeg", make, { width: stored.height, height: stored.width });
}

export const twelveMegapixels = large("12-megapixels.jpg", { width: 4032, height: 3024 });
export const fiftyMegapixels = large("50-megapixels.jpg", { width: 8160, height: 6120 });

/** Every photo that must come out upright and right in colour, the large ones left out. */
export const goodPhotos: readonly TestPhoto[] = [
  chelsea,
  ...baselineJpegs,
  ...progressiveJpegs,
  pngWithAlpha,
  webp,
  avif,
  animatedGif,
  displayP3Jpeg,
  adobeRgb,
  cmykJpeg,
];
