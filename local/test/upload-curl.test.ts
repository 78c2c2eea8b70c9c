import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { App } from "./support/journey.ts";
import { largePhoto } from "./support/large-photo.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

const run = promisify(execFile);
const partSize = 5 * 1024 ** 2;

interface Reservation {
  readonly photo: { readonly id: string };
  readonly upload: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly fields: Readonly<Record<string, string>>;
    readonly partCount: number;
  };
}

interface PresignedPart {
  readonly partNumber: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const pairs = (option: string, values: Readonly<Record<string, string>>, between: string) =>
  Object.entries(values).flatMap(([name, value]) => [option, `${name}${between}${value}`]);

describe("Each kind of upload, by curl", () => {
  let cloud: TestCloud;
  let olga: App;
  let folder: string;
  let photo: Buffer;
  before(async () => {
    cloud = await startTestCloud();
    olga = await App.signIn(cloud, "olga");
    folder = await mkdtemp(join(tmpdir(), "latchkey-curl-"));
    photo = await largePhoto(12_000_000);
    await writeFile(join(folder, "photo.jpg"), photo);
  });
  after(async () => {
    await cloud.stop();
    await rm(folder, { recursive: true });
  });

  const reserve = (upload: string) =>
    olga.ask<Reservation>("POST", "/v1/photos", { contentType: "image/jpeg", size: photo.length, upload });

  /** Resolves to the status and the ETag of the answer. */
  async function curl(...args: string[]): Promise<string[]> {
    const { stdout } = await run("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code} %header{etag}", ...args], {
      cwd: folder,
    });
    return stdout.split(" ");
  }

  const expectReady = async (id: string) => {
    const settled = await olga.settled(id);
    expect(settled.photo.status, settled.photo.reason).to.equal("ready");
  };

  it("goes by PUT", async () => {
    const { photo, upload } = await reserve("put");
    expect(await curl("-T", "photo.jpg", ...pairs("-H", upload.headers, ": "), upload.url)).to.include("200");
    await expectReady(photo.id);
  });

  it("goes by a form", async () => {
    const { photo, upload } = await reserve("post");
    const fields = pairs("-F", upload.fields, "=");
    expect(await curl(...fields, "-F", "file=@photo.jpg", upload.url)).to.include("204");
    await expectReady(photo.id);
  });

  it("goes in parts", async () => {
    const { photo: reserved, upload } = await reserve("multipart");
    const path = `/v1/photos/${reserved.id}/multipart`;
    const partNumbers = Array.from({ length: upload.partCount }, (_, index) => index + 1);
    const { parts } = await olga.ask<{ parts: PresignedPart[] }>("POST", `${path}/parts`, { partNumbers });
    const sent = await Promise.all(
      parts.map(async ({ partNumber, url, headers }) => {
        const name = `part-${partNumber}`;
        await writeFile(join(folder, name), photo.subarray((partNumber - 1) * partSize, partNumber * partSize));
        const [status, etag] = await curl("-T", name, ...pairs("-H", headers, ": "), url);
        expect(status).to.equal("200");
        return { partNumber, etag };
      }),
    );
    await olga.ask("POST", `${path}/complete`, { parts: sent });
    await expectReady(reserved.id);
  });
});
