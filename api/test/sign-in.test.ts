import { expect } from "chai";
import { UnsecuredJWT } from "jose";
import { clientId, startTestApp, type TestApp } from "./support/test-app.ts";

describe("Signing in", () => {
  let test: TestApp;
  let impostor: TestApp;
  before(async () => {
    test = await startTestApp();
    impostor = await startTestApp();
  });
  after(() => Promise.all([test.close(), impostor.close()]));

  const seconds = (offset: number) => Math.floor(test.now.getTime() / 1000) + offset;
  const claims = (change: object = {}) => ({
    iss: test.issuer.url,
    sub: "olga",
    token_use: "access",
    client_id: clientId,
    exp: seconds(3600),
    ...change,
  });
  const list = (authorization?: string) =>
    test.server.inject({ url: "/v1/photos", headers: authorization === undefined ? {} : { authorization } });

  it("takes a bearer token, whatever the case of the scheme", async () => {
    const token = await test.token("olga");
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      expect((await list(`${scheme} ${token}`)).statusCode).to.equal(200);
    }
  });

  const without: [string, (() => Promise<string>) | undefined][] = [
    ["no header", undefined],
    ["an empty header", async () => ""],
    ["a scheme and nothing else", async () => "Bearer "],
    ["another scheme", async () => "Basic b2xnYTpwYXNzd29yZA=="],
    ["two tokens", async () => `Bearer ${await test.token("olga")} ${await test.token("olga")}`],
  ];
  for (const [title, authorization] of without) {
    it(`asks for a token when there is ${title}`, async () => {
      const response = await list(await authorization?.());
      expect(response.statusCode).to.equal(401);
      expect(response.headers["www-authenticate"]).to.equal("Bearer");
    });
  }

  const bad: [string, () => Promise<string>][] = [
    ["expired", () => test.issuer.sign(claims({ exp: seconds(-60) }))],
    ["of another issuer", () => impostor.issuer.sign(claims({ iss: impostor.issuer.url }))],
    ["of another issuer in our issuer's name", () => impostor.issuer.sign(claims())],
    ["of another client", () => test.issuer.sign(claims({ client_id: "another" }))],
    ["an id token", () => test.issuer.sign(claims({ token_use: "id" }))],
    ["unsigned", async () => new UnsecuredJWT(claims()).encode()],
    ["garbage", async () => "a.b.c"],
  ];
  for (const [title, token] of bad) {
    it(`refuses a token that is ${title}, and does not say why`, async () => {
      const [given, absent] = [await list(`Bearer ${await token()}`), await list()];
      expect(given.statusCode).to.equal(401);
      expect(given.headers["www-authenticate"]).to.equal('Bearer error="invalid_token"');
      const { requestId, ...problem } = given.json();
      expect(requestId).to.equal(given.headers["x-request-id"]);
      expect({ ...absent.json(), requestId: undefined }).to.deep.equal({ ...problem, requestId: undefined });
    });
  }

  it("comes before the body is read", async () => {
    const response = await test.server.inject({
      method: "POST",
      url: "/v1/photos",
      headers: { "content-type": "application/json" },
      payload: "{not json",
    });
    expect(response.statusCode).to.equal(401);
  });

  it("says that a dependency is down when the issuer can't be asked for its keys", async () => {
    const cut = await startTestApp();
    cut.issuer.state = "down";
    const response = await cut.ask("olga", { url: "/v1/photos" });
    expect(response.statusCode).to.equal(503);
    expect(response.headers).to.include({ "retry-after": "2" });
    expect(response.json()).to.include({ code: "DEPENDENCY_UNAVAILABLE" });
    await cut.close();
  });
});
