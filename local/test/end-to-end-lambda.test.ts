import { expect } from "chai";
import { accessTokenOf } from "./support/journey.ts";
import { startTestCloud, type TestCloud } from "./support/test-cloud.ts";

describe("the API behind its edge and its HTTP API", () => {
  let cloud: TestCloud;
  before(async () => {
    cloud = await startTestCloud({ lambda: true });
  });
  after(() => cloud.stop());

  it("is refused past the edge, also with a good token, and also with a guess at what the edge says", async () => {
    const authorization = `Bearer ${await accessTokenOf(cloud, "olga")}`;
    for (const headers of [{ authorization }, { authorization, "x-origin-verify": "a guess" }]) {
      const refused = await fetch(`${cloud.httpApi}/v1/me`, { headers });
      expect(refused.status).to.equal(403);
      expect(await refused.json()).to.include({ code: "ORIGIN_NOT_VERIFIED" });
    }
  });

  it("is reached through the edge, whatever a viewer says in the edge's own header", async () => {
    const authorization = `Bearer ${await accessTokenOf(cloud, "olga")}`;
    const answer = await fetch(`${cloud.api}/v1/me`, { headers: { authorization, "x-origin-verify": "a guess" } });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("x-cache")).to.equal("Miss from cloudfront");
    expect(answer.headers.get("apigw-requestid")).to.be.a("string");
    expect(await answer.json()).to.have.property("user");
  });

  const tokens: [what: string, headers: Record<string, string>, challenge: RegExp][] = [
    ["no token", {}, /^Bearer$/],
    ["a forged one", { authorization: "Bearer e30.e30.e30" }, /error="invalid_token"/],
  ];
  for (const [what, headers, challenge] of tokens) {
    it(`has the gateway refuse ${what}, in a way that a page of the web app can read`, async () => {
      const origin = "http://localhost:4005";
      const answer = await fetch(`${cloud.api}/v1/photos`, { headers: { ...headers, origin } });
      expect(answer.status).to.equal(401);
      expect(answer.headers.get("www-authenticate")).to.match(challenge);
      expect(await answer.json()).to.deep.equal({ message: "Unauthorized" });
      expect(answer.headers.get("access-control-allow-origin")).to.equal(origin);
      expect(answer.headers.get("cache-control")).to.equal("private, no-store");
    });
  }

  it("answers preflights and whatever is open without a token", async () => {
    const origin = "http://localhost:4005";
    const preflight = await fetch(`${cloud.api}/v1/photos`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal(origin);
    const statuses: [string, number][] = [];
    for (const path of ["/healthz", "/docs", "/openapi.json", "/v1/links/nothing", "/p/nothing/640", "/nowhere"]) {
      const answer = await fetch(`${cloud.api}${path}`);
      await answer.bytes();
      statuses.push([path, answer.status]);
    }
    expect(Object.fromEntries(statuses)).to.deep.equal({
      "/healthz": 200,
      "/docs": 200,
      "/openapi.json": 200,
      "/v1/links/nothing": 404,
      "/p/nothing/640": 404,
      "/nowhere": 404,
    });
  });
});
