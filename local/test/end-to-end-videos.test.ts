import { expect } from "chai";
import { phoneMov, phoneMp4, videos } from "../../renditions/test/support/videos.ts";
import { App } from "./support/journey.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

describe("videos through the whole platform", () => {
  let cloud: TestCloud;
  let olga: App;
  let fred: App;
  before(async () => {
    cloud = await startTestCloud();
    [olga, fred] = await Promise.all([App.signIn(cloud, "olga"), App.signIn(cloud, "fred")]);
  });
  after(() => cloud.stop());

  const published = async ({ bytes, contentType }: typeof phoneMp4) => {
    const id = await olga.upload(await bytes(), contentType, { visibility: "public" });
    const { photo } = await olga.settled(id);
    expect(photo.status, photo.reason).to.equal("ready");
    return id;
  };
  const part = (url: string | undefined, range: string) => fetch(url ?? "", { headers: { range } });
  const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

  for (const video of videos) {
    it(`lets whoever may see one play it from any place, ${video.name}`, async () => {
      const { urls = {} } = await fred.photo(await published(video));
      expect(urls).to.have.all.keys("video");
      const whole = await fetch(urls.video ?? "");
      expect(whole.status).to.equal(200);
      expect(whole.headers.get("content-type")).to.equal(video.contentType);
      expect(whole.headers.get("accept-ranges")).to.equal("bytes");
      const played = await bodyOf(whole);
      for (const [range, from, to] of [
        ["bytes=0-1", 0, 2],
        ["bytes=1000-1999", 1000, 2000],
        ["bytes=-500", played.length - 500, played.length],
      ] as const) {
        const answer = await part(urls.video, range);
        expect(answer.status).to.equal(206);
        expect(answer.headers.get("content-range")).to.equal(`bytes ${from}-${to - 1}/${played.length}`);
        expect((await bodyOf(answer)).equals(played.subarray(from, to))).to.equal(true);
      }
      expect((await part(urls.video, `bytes=${played.length}-`)).status).to.equal(416);
      for (const secret of video.secrets) expect(played.includes(secret)).to.equal(false);
    });
  }

  it("gives parts of the original to its owner, as a download that no browser opens", async () => {
    const { urls = {} } = await olga.photo(await published(phoneMov));
    const answer = await part(urls.original, "bytes=0-99");
    expect(answer.status).to.equal(206);
    expect(answer.headers.get("content-disposition")).to.equal("attachment");
    expect(answer.headers.get("x-content-type-options")).to.equal("nosniff");
    expect((await bodyOf(answer)).equals((await phoneMov.bytes()).subarray(0, 100))).to.equal(true);
  });

  it("opens no video without its signature, nor the original by the video's", async () => {
    const { urls = {} } = await fred.photo(await published(phoneMp4));
    const { origin, pathname, search } = new URL(urls.video ?? "");
    expect((await part(`${origin}${pathname}`, "bytes=0-1")).status).to.equal(403);
    const original = pathname.replace(/^\/media\/(.*)\/.*$/, "/originals/$1");
    expect((await part(`${origin}${original}${search}`, "bytes=0-1")).status).to.equal(403);
  });
});
