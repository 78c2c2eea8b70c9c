import { join } from "node:path";
import sharp, { type Sharp } from "sharp";

const chelsea = join(import.meta.dirname, "../../renditions/test/photos/chelsea.jpg");

/**
 * A photo of about so many megapixels, 4:3, with a sensor's grain: without it a picture that was merely enlarged would be
 * decoded far faster than one that a camera took.
 */
export async function examplePhoto(megapixels: number): Promise<Sharp> {
  const height = Math.round(Math.sqrt((megapixels * 1_000_000 * 3) / 4));
  const width = Math.round((height * 4) / 3);
  const grain = sharp({
    create: { width, height, channels: 3, background: "grey", noise: { type: "gaussian", mean: 128, sigma: 8 } },
  });
  const { data, info } = await sharp(chelsea)
    .resize({ width, height, fit: "fill" })
    .composite([{ input: await grain.png({ compressionLevel: 1 }).toBuffer(), blend: "soft-light" }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(data, {
    raw: { width: info.width, height: info.height, channels: info.channels },
    limitInputPixels: false,
  });
}
