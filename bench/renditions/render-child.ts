import { makeRenditions } from "../../renditions/make-renditions.ts";

/* Makes the renditions of one file so often, one time after the other. */

const [file = "", contentType = "", maxPixels = "", times = ""] = process.argv.slice(2);
for (let turn = 0; turn < Number(times); turn++) {
  await makeRenditions(file, { contentType, maxPixels: Number(maxPixels), formats: [] });
}
