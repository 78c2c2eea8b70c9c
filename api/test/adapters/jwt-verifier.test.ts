import { expect } from "chai";
import { type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { createJwtVerifier } from "../../adapters/jwt-verifier.ts";
import { DependencyUnavailableError, UnauthenticatedError } from "../../domain/errors.ts";
import { type Issuer, startIssuer } from "./support/issuer.ts";

const now = new Date("2026-03-01T12:00:00Z");
const seconds = (offset: number) => Math.floor(now.getTime() / 1000) + offset;
const clientId = "7example23456";

describe("JWT verifier", () => {
  let issuer: Issuer;
  let impostor: Issuer;
  before(async () => {
    issuer = await startIssuer();
    impostor = await startIssuer();
  });
  after(() => Promise.all([issuer.close(), impostor.close()]));

  const newVerifier = () => createJwtVerifier({ issuer: issuer.url, clientId, now: () => now });
  const claims = (change: JWTPayload = {}): JWTPayload => ({
    iss: issuer.url,
    sub: "2f6b1c1e-8b7a-4b43-9d5c-1f2e3d4c5b6a",
    token_use: "access",
    client_id: clientId,
    exp: seconds(3600),
    ...change,
  });

  const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name));

  const good: [string, () => Promise<string>, readonly string[]][] = [
    ["a Cognito access token signed with RSA", () => issuer.sign(claims()), []],
    ["an access token signed with ECDSA", () => issuer.sign(claims(), { alg: "ES256" }), []],
    ["the groups that Cognito names", () => issuer.sign(claims({ "cognito:groups": ["admins"] })), ["admins"]],
    ["the groups that another issuer names", () => issuer.sign(claims({ groups: ["members", 7] })), ["members"]],
    [
      "another issuer's token for our audience",
      () => issuer.sign({ iss: issuer.url, sub: claims().sub ?? "", aud: ["other", clientId], exp: seconds(60) }),
      [],
    ],
    ["a token a few seconds past its end, as clocks differ", () => issuer.sign(claims({ exp: seconds(-4) })), []],
  ];
  for (const [title, token, groups] of good) {
    it(`accepts ${title}`, async () => {
      const { viewer } = await newVerifier()(await token());
      expect(viewer).to.deep.equal({ userId: claims().sub, groups });
    });
  }

  it("says until when the token is good", async () => {
    const { expiresAt } = await newVerifier()(await issuer.sign(claims()));
    expect(expiresAt).to.deep.equal(new Date(now.getTime() + 3_600_000));
  });

  const bad: [string, () => string | Promise<string>][] = [
    ["no token", () => ""],
    ["garbage", () => "not-a-token"],
    ["three parts of garbage", () => "a.b.c"],
    ["an expired token", () => issuer.sign(claims({ exp: seconds(-60) }))],
    ["a token that is not valid yet", () => issuer.sign(claims({ nbf: seconds(60) }))],
    ["a token without an expiry", () => issuer.sign(without("exp"))],
    ["a token of another issuer", () => impostor.sign(claims({ iss: impostor.url }))],
    ["a token that another issuer signed in our issuer's name", () => impostor.sign(claims())],
    ["a token without an issuer", () => issuer.sign(without("iss"))],
    ["an unsecured token (alg none)", () => new UnsecuredJWT(claims()).encode()],
    ["a token signed by HMAC with our issuer's public key", () => hmacWithPublicKey()],
    ["a token for another client", () => issuer.sign(claims({ client_id: "another" }))],
    ["an id token in place of an access token", () => issuer.sign(claims({ token_use: "id", aud: clientId }))],
    ["a token for another audience", () => issuer.sign({ iss: issuer.url, sub: "olga", aud: "x", exp: seconds(60) })],
    ["a token for nobody in particular", () => issuer.sign({ iss: issuer.url, sub: "olga", exp: seconds(60) })],
    ["a key id that the issuer does not have", () => issuer.sign(claims(), { kid: "unknown" })],
    ["the key id of a key of another kind", () => issuer.sign(claims(), { kid: "ES256" })],
    ["a token without a subject", () => issuer.sign(without("sub"))],
    ["a subject that would reach into another user's prefix", () => issuer.sign(claims({ sub: "olga/../gus" }))],
    ["a subject that a policy would take for a wildcard", () => issuer.sign(claims({ sub: "o*" }))],
    ["a subject that a policy would take for a variable", () => issuer.sign(claims({ sub: "o$l" }))],
    ["a subject that clients would resolve as a path", () => issuer.sign(claims({ sub: ".." }))],
    ["an oversized token", () => issuer.sign(claims({ padding: "x".repeat(10_000) }))],
    ["a token whose claims were changed", async () => tamper(await issuer.sign(claims()))],
    ["a token cut short", async () => (await issuer.sign(claims())).slice(0, -10)],
  ];
  for (const [title, token] of bad) {
    it(`refuses ${title}`, async () => {
      const error: unknown = await newVerifier()(await token()).catch((error) => error);
      expect(error).to.be.instanceOf(UnauthenticatedError);
    });
  }

  it("fetches the issuer's keys once for many tokens", async () => {
    const verify = newVerifier();
    const before = issuer.keyFetches;
    await Promise.all(
      [issuer.sign(claims()), issuer.sign(claims(), { alg: "ES256" })].map(async (t) => verify(await t)),
    );
    await verify(await issuer.sign(claims({ sub: "gus" })));
    expect(issuer.keyFetches - before).to.equal(1);
  });

  it("does not let unknown key ids make it fetch the keys again and again", async () => {
    const verify = newVerifier();
    await verify(await issuer.sign(claims()));
    const before = issuer.keyFetches;
    for (const kid of ["a", "b", "c"]) await verify(await issuer.sign(claims(), { kid })).catch(() => undefined);
    expect(issuer.keyFetches - before).to.equal(0);
  });

  const later: [string, number, string][] = [
    ["once they are ten minutes old", 600, "RS256"],
    ["for a key id that it does not know, half a minute later", 30, "new"],
  ];
  for (const [when, wait, kid] of later) {
    it(`fetches the keys again ${when}`, async () => {
      let offset = 0;
      const verify = createJwtVerifier({ issuer: issuer.url, clientId, now: () => new Date(now.getTime() + offset) });
      await verify(await issuer.sign(claims()));
      const before = issuer.keyFetches;
      const fetchesAfter = async (waited: number) => {
        offset = waited * 1000;
        await verify(await issuer.sign(claims(), { kid })).catch(() => undefined);
        return issuer.keyFetches - before;
      };
      expect([await fetchesAfter(wait - 1), await fetchesAfter(wait), await fetchesAfter(wait + 1)]).to.deep.equal([
        0, 1, 1,
      ]);
    });
  }

  for (const state of ["down", "breaking off", "failing", "redirecting", "verbose"] as const) {
    it(`does not blame the token while the issuer is ${state}, and recovers with it`, async () => {
      const verify = newVerifier();
      const token = await issuer.sign(claims());
      issuer.state = state;
      const error: unknown = await verify(token).catch((error) => error);
      issuer.state = "up";
      expect(error).to.be.instanceOf(DependencyUnavailableError);
      expect((await verify(token)).viewer.userId).to.equal(claims().sub);
    });
  }

  function hmacWithPublicKey(): Promise<string> {
    const secret = new TextEncoder().encode(issuer.publicKeyPem);
    return new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "RS256" }).sign(secret);
  }

  function tamper(token: string): string {
    const [header, , signature] = token.split(".");
    const payload = Buffer.from(JSON.stringify(claims({ sub: "gus" }))).toString("base64url");
    return [header, payload, signature].join(".");
  }
});
