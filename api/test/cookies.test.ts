import { createPrivateKey } from "node:crypto";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { keys, startTestEdge, type TestEdge } from "../../local/test/support/edge.ts";
import { createCloudFrontUrlSigner } from "../adapters/cloudfront-url-signer.ts";
import { type PhotoId, renditionNames } from "../domain/photo.ts";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const keyId = "K2ECDSA";
const ready = { status: "ready", width: 640, height: 480 } as const;

describe("Signed cookies", () => {
  let edge: TestEdge;
  let api: TestApp;

  before(async () => {
    edge = await startTestEdge({ behaviour: { trustedKeyGroups: ["group-1"] } });
    edge.now = noon;
    const privateKey = createPrivateKey(keys[keyId].privateKey);
    api = await startTestApp(
      { currentSigner: async () => createCloudFrontUrlSigner({ keyId, privateKey }) },
      { LATCHKEY_MEDIA_URL: edge.edge.url, LATCHKEY_COOKIE_DOMAIN: "example.com" },
    );
  });
  after(async () => {
    await api.close();
    await edge.close();
  });
  afterEach(() => {
    edge.now = noon;
  });

  const ask = (photoId: PhotoId, as = "olga") =>
    api.ask(as, { method: "POST", url: "/v1/cookies", payload: { photoId } });
  async function cookiesFor(photoId: PhotoId): Promise<{ cookie: string }> {
    const { cookies } = (await ask(photoId)).json();
    return { cookie: cookies.map(({ name, value }: { name: string; value: string }) => `${name}=${value}`).join("; ") };
  }

  it("open every rendition of the photo, until they expire, and neither its original nor another photo", async () => {
    const [photo, other] = [await api.keep(ready), await api.keep(ready)];
    const headers = await cookiesFor(photo.id);
    for (const name of renditionNames) {
      expect((await edge.ask(`/media/${photo.id}/${name}.webp`, { headers })).status).to.equal(200);
      expect((await edge.ask(`/media/${other.id}/${name}.webp`, { headers })).status).to.equal(403);
      expect((await edge.ask(`/media/${photo.id}/${name}.webp`)).status).to.equal(403);
    }
    expect((await edge.ask(`/originals/${photo.id}`, { headers })).status).to.equal(403);
    edge.now = new Date((await ask(photo.id)).json().expiresAt);
    expect((await edge.ask(`/media/${photo.id}/320.webp`, { headers })).status).to.equal(403);
  });

  it("have the names and the policy that AWS's own signer gives them", async () => {
    const photo = await api.keep(ready);
    const { cookies, expiresAt } = (await ask(photo.id)).json();
    const policy = JSON.stringify({
      Statement: [
        {
          Resource: `${edge.edge.url}/media/${photo.id}/*`,
          Condition: { DateLessThan: { "AWS:EpochTime": new Date(expiresAt).getTime() / 1000 } },
        },
      ],
    });
    const { privateKey } = keys[keyId];
    const reference = getSignedCookies({ keyPairId: keyId, privateKey, policy, algorithm: "SHA256" });
    const made = Object.fromEntries(
      cookies.map(({ name, value }: { name: string; value: string }) => [name, value] as const),
    );
    expect(made).to.have.all.keys(Object.keys(reference));
    // ECDSA signs the same to other bytes each time; that these are good, the edge says.
    const { "CloudFront-Signature": own, ...rest } = made;
    const { "CloudFront-Signature": theirs, ...expected } = reference;
    expect(rest).to.deep.equal(expected);
  });

  it("are set by the answer as well, for that photo's path alone, and never cached", async () => {
    const photo = await api.keep(ready);
    const answer = await ask(photo.id);
    expect(answer.headers["cache-control"]).to.equal("private, no-store");
    const { cookies, path, domain, expiresAt } = answer.json();
    expect({ path, domain }).to.deep.equal({ path: `/media/${photo.id}/`, domain: "example.com" });
    expect(answer.cookies).to.have.length(cookies.length);
    for (const cookie of answer.cookies) {
      expect(cookie).to.include({ domain, path, httpOnly: true, secure: true, sameSite: "None" });
      expect(new Date(String(cookie.expires)).toISOString()).to.equal(expiresAt);
    }
  });

  it("are refused to whoever may not see the photo, and while there is nothing to see", async () => {
    const [hidden, unready] = [await api.keep(ready), await api.keep({ status: "processing" })];
    expect((await ask(hidden.id, "sven")).json().code).to.equal("PHOTO_NOT_FOUND");
    expect((await ask(uuidv7())).json().code).to.equal("PHOTO_NOT_FOUND");
    expect((await ask(unready.id)).json().code).to.equal("PHOTO_NOT_READY");
    expect((await ask("../x")).json().code).to.equal("INVALID_REQUEST");
  });

  it("are left to the app where the API and the media share no domain", async () => {
    const apart = await startTestApp();
    try {
      const photo = await apart.keep(ready);
      const answer = await apart.ask("olga", { method: "POST", url: "/v1/cookies", payload: { photoId: photo.id } });
      expect(answer.json().domain).to.equal(null);
      expect(answer.headers).not.to.have.property("set-cookie");
    } finally {
      await apart.close();
    }
  });
});
