import { expect } from "chai";
import { createLatchkey, LatchkeyProblem, type SignedUrl } from "../index.ts";
import type { UrlOptions } from "../urls.ts";
import { type Asked, aProblem, type Reply, type ScriptedApi, startScriptedApi } from "./support/scripted-api.ts";

interface UrlRequest {
  readonly photoId: string;
  readonly rendition: string;
}

const itemsOf = ({ body }: Asked): UrlRequest[] => JSON.parse(body).items;
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

describe("The URLs that the client keeps", () => {
  let api: ScriptedApi;
  let expiresAt: Date;
  let serverTime: Date | undefined;
  let failure: Reply | undefined;
  beforeEach(async () => {
    expiresAt = inSeconds(900);
    serverTime = undefined;
    failure = undefined;
    api = await startScriptedApi((asked, count) => failure ?? sign(asked, count));
  });
  afterEach(() => api.close());

  /** A photo whose id begins with `no` is nobody's. */
  function sign(asked: Asked, count: number): Reply {
    const items = itemsOf(asked).map(({ photoId, rendition }) =>
      photoId.startsWith("no")
        ? { photoId, problem: aProblem(404, "PHOTO_NOT_FOUND") }
        : { photoId, url: `https://media/${photoId}/${rendition}?signed=${count}`, expiresAt: expiresAt.toISOString() },
    );
    return { headers: serverTime ? { date: serverTime.toUTCString() } : {}, body: { items } };
  }

  const connect = (urls: UrlOptions = {}) => createLatchkey({ baseUrl: api.url, urls, retry: { attempts: 1 } }).urls;

  it("are asked for in one request when they are asked for at the same time, each once", async () => {
    const urls = connect();
    const asked = [
      urls.get("a", "640"),
      urls.get("b"),
      urls.get("a", "640"),
      Promise.resolve().then(() => urls.get("c", "original")),
    ];
    const signed = await Promise.all(asked);
    expect(signed.map(({ url }) => url)).to.deep.equal([
      "https://media/a/640?signed=1",
      "https://media/b/2048?signed=1",
      "https://media/a/640?signed=1",
      "https://media/c/original?signed=1",
    ]);
    expect(signed[0]).to.have.property("expiresAt", expiresAt.toISOString());
    expect(api.asked.map(itemsOf)).to.deep.equal([
      [
        { photoId: "a", rendition: "640" },
        { photoId: "b", rendition: "2048" },
        { photoId: "c", rendition: "original" },
      ],
    ]);
  });

  it("are handed out again until shortly before they expire", async () => {
    const urls = connect({ marginSeconds: 60 });
    const first = await urls.get("a");
    expect(await urls.get("a")).to.equal(first);
    expiresAt = inSeconds(50);
    await urls.get("b");
    await urls.get("b");
    expect(api.asked.map((asked) => itemsOf(asked)[0]?.photoId)).to.deep.equal(["a", "b", "b"]);
  });

  it("are judged by the API's clock, not by a device's that is wrong", async () => {
    serverTime = inSeconds(-3600);
    expiresAt = inSeconds(-3600 + 900);
    const urls = connect();
    await urls.get("behind");
    await urls.get("behind");
    expect(api.asked, "an hour behind the device, and good for another quarter").to.have.length(1);

    serverTime = inSeconds(3600);
    expiresAt = inSeconds(3600 + 30);
    await urls.get("ahead");
    await urls.get("ahead");
    expect(api.asked, "an hour ahead of the device, and about to expire").to.have.length(3);
  });

  it("are asked for by the thousand", async () => {
    const urls = connect();
    await Promise.all(Array.from({ length: 2001 }, (_, index) => urls.get(`photo-${index}`)));
    expect(api.asked.map((asked) => itemsOf(asked).length).sort((a, b) => b - a)).to.deep.equal([1000, 1000, 1]);
  });

  it("come to everybody but who asked for a bad one, who is told, and may ask again", async () => {
    const urls = connect();
    const [good, bad] = await Promise.allSettled([urls.get("good"), urls.get("nobody's")]);
    expect(good.status).to.equal("fulfilled");
    const reason: unknown = bad.status === "rejected" ? bad.reason : undefined;
    expect(reason).to.be.instanceOf(LatchkeyProblem).and.include({ code: "PHOTO_NOT_FOUND", status: 404 });
    await urls.get("nobody's").catch(() => {});
    expect(api.asked.map((asked) => itemsOf(asked).length)).to.deep.equal([2, 1]);
  });

  it("fail together when the request fails, and are not remembered as failed", async () => {
    failure = { status: 503, body: aProblem(503, "OVERLOADED") };
    const urls = connect();
    const outcomes = await Promise.allSettled([urls.get("a"), urls.get("b")]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    failure = undefined;
    expect((await urls.get("a")).url).to.equal("https://media/a/2048?signed=2");
  });

  it("let one who asked give up while the others wait on", async () => {
    const urls = connect();
    const giveUp = new AbortController();
    const asked = [urls.get("a", "640", { signal: giveUp.signal }), urls.get("a", "640")];
    giveUp.abort(new Error("scrolled away"));
    const [given, waiting] = await Promise.allSettled(asked);
    expect(given).to.deep.include({ status: "rejected", reason: giveUp.signal.reason });
    expect(waiting?.status).to.equal("fulfilled");
    const never = await urls.get("b", "640", { signal: AbortSignal.abort("gone") }).catch((error: unknown) => error);
    expect(never).to.equal("gone");
    expect(api.asked).to.have.length(1);
  });

  it("are forgotten when the app says so, even those under way", async () => {
    const urls = connect();
    await Promise.all([urls.get("a", "320"), urls.get("a", "640"), urls.get("b")]);
    urls.forget("a");
    const underWay = urls.get("a", "320");
    urls.forget("a");
    const after: SignedUrl[] = [await underWay, await urls.get("a", "320"), await urls.get("b")];
    expect(after.map(({ url }) => url.split("=")[1])).to.deep.equal(["2", "3", "1"]);
  });

  it("give way, those first that nobody has asked for lately", async () => {
    const urls = connect({ maxEntries: 2 });
    for (const id of ["a", "b", "a", "c", "a", "b"]) await urls.get(id);
    expect(api.asked.map((asked) => itemsOf(asked)[0]?.photoId)).to.deep.equal(["a", "b", "c", "b"]);
  });
});
