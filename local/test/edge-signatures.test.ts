import { generateKeyPairSync } from "node:crypto";
import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { expect } from "chai";
import {
  type Answer,
  distributionDomain,
  errorCode,
  type KeyId,
  keys,
  startTestEdge,
  type TestEdge,
} from "./support/edge.ts";
import { recorded } from "./support/recorded.ts";

const id = "0198c7a2-0000-7000-8000-000000000001";
const photo = `/media/${id}/640.webp`;
const signed = { trustedKeyGroups: ["group-1"] };

describe("signed URLs and cookies", () => {
  let test: TestEdge;
  before(async () => {
    test = await startTestEdge({
      behaviour: { ...signed, cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6" },
      distribution: {
        orderedCacheBehaviors: [
          {
            allowedMethods: ["GET", "HEAD"],
            cachedMethods: ["GET", "HEAD"],
            cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
            pathPattern: "public/*",
            targetOriginId: "bucket",
            viewerProtocolPolicy: "https-only",
          },
        ],
      },
    });
  });
  after(() => test.close());

  const inAnHour = () => new Date(test.now.getTime() + 3_600_000);
  const url = (path: string) => `${test.edge.url}${path}`;
  const pathOf = (signedUrl: string) => signedUrl.slice(test.edge.url.length);
  const signer = (keyPairId: KeyId, algorithm: "SHA1" | "SHA256" = "SHA256") => ({
    algorithm,
    keyPairId,
    privateKey: keys[keyPairId].privateKey,
  });

  function policy(overrides: { Resource?: string; Condition?: object } = {}): string {
    const Condition = { DateLessThan: { "AWS:EpochTime": seconds(inAnHour()) }, ...overrides.Condition };
    return JSON.stringify({ Statement: [{ Resource: overrides.Resource ?? url(`/media/${id}/*`), Condition }] });
  }

  /** A path with the signature of a custom policy, by default one over the whole photo. */
  function custom(path = photo, text = policy(), keyPairId: KeyId = "K2ECDSA"): string {
    return pathOf(getSignedUrl({ ...signer(keyPairId), url: url(path), policy: text }));
  }

  function canned(path = photo, keyPairId: KeyId = "K2ECDSA"): string {
    return pathOf(getSignedUrl({ ...signer(keyPairId), url: url(path), dateLessThan: inAnHour() }));
  }

  function cookies(text: string | undefined, keyPairId: KeyId = "K2ECDSA"): Record<string, string> {
    const by = signer(keyPairId);
    const made =
      text === undefined
        ? getSignedCookies({ ...by, url: url(photo), dateLessThan: inAnHour() })
        : getSignedCookies({ ...by, policy: text });
    return {
      cookie: Object.entries(made)
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
    };
  }

  const replace = (path: string, name: string, change: (value: string) => string) =>
    path.replace(new RegExp(`([?&]${name}=)([^&]*)`), (_, start: string, value: string) => start + change(value));
  const without = (path: string, name: string) => path.replace(new RegExp(`&?${name}=[^&]*`), "").replace("?&", "?");
  const flipBit = (value: string) => encoded(decoded(value).map((byte, at) => (at === 20 ? byte ^ 1 : byte)));
  const encoded = (bytes: string | Uint8Array) =>
    Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");
  const decoded = (text: string) =>
    Buffer.from(text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
  const paddedPolicy = () => policy().padEnd(Math.ceil(policy().length / 3) * 3 + 1);
  /** The same bytes to a decoder that ignores what is left of the last character, as most do. */
  const lastBits = (value: string) =>
    value.replace(/[AQgw](?=_+$)/, (last) => ({ A: "B", Q: "R", g: "h", w: "x" })[last] ?? last);
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

  for (const keyPairId of ["K1RSA", "K2ECDSA"] as const) {
    for (const algorithm of ["SHA1", "SHA256"] as const) {
      it(`accepts canned and custom policies, in URLs and cookies, of ${keyPairId} with ${algorithm}`, async () => {
        const by = signer(keyPairId, algorithm);
        const cookie = (made: object) =>
          Object.entries(made)
            .map(([name, value]) => `${name}=${value}`)
            .join("; ");
        const answers = await Promise.all([
          test.ask(pathOf(getSignedUrl({ ...by, url: url(photo), dateLessThan: inAnHour() }))),
          test.ask(pathOf(getSignedUrl({ ...by, url: url(photo), policy: policy() }))),
          test.ask(photo, {
            headers: {
              cookie: `theme=dark; ${cookie(getSignedCookies({ ...by, url: url(photo), dateLessThan: inAnHour() }))}`,
            },
          }),
          test.ask(photo, { headers: { cookie: cookie(getSignedCookies({ ...by, policy: policy() })) } }),
        ]);
        expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
      });
    }
  }

  const accepted: [title: string, ask: () => Promise<Answer>][] = [
    ["a canned policy on a URL with a query of its own", () => test.ask(canned(`${photo}?size=large&v=2`))],
    [
      "a query before, between and after the signing parameters",
      () => {
        const [path = "", query = ""] = canned(`${photo}?a=1&b=2`).split("?");
        const parts = query.split("&");
        return test.ask(`${path}?${[parts[0], ...parts.slice(2), parts[1]].join("&")}`);
      },
    ],
    ["a star across slashes", () => test.ask(custom(photo, policy({ Resource: url("/media/*.webp") })))],
    [
      "a question mark for one character",
      () => test.ask(custom(photo, policy({ Resource: url(`/media/${id}/6?0.webp`) }))),
    ],
    [
      "any scheme",
      () => test.ask(custom(photo, policy({ Resource: url(`/media/${id}/*`).replace("http:", "http*:") }))),
    ],
    ["a lone star", () => test.ask(custom(photo, policy({ Resource: "*" })))],
    [
      "the viewer's own network",
      () => test.ask(custom(photo, policy({ Condition: { IpAddress: { "AWS:SourceIp": "127.0.0.0/8" } } }))),
    ],
    [
      "every IPv4 address",
      () => test.ask(custom(photo, policy({ Condition: { IpAddress: { "AWS:SourceIp": "0.0.0.0/0" } } }))),
    ],
    [
      "a time that has come",
      () =>
        test.ask(custom(photo, policy({ Condition: { DateGreaterThan: { "AWS:EpochTime": seconds(test.now) - 5 } } }))),
    ],
    ["white space in the policy", () => test.ask(custom(photo, JSON.stringify(JSON.parse(policy()), null, 2)))],
    [
      "the signing parameters escaped by a careful client",
      () => test.ask(custom().replaceAll("~", "%7E").replaceAll("_", "%5F")),
    ],
    ["HEAD", () => test.ask(custom(), { method: "HEAD" })],
    [
      "the distribution's own domain name, whose URLs say https",
      () =>
        test.ask(custom(photo, policy({ Resource: `https://${distributionDomain}/media/${id}/*` })), {
          headers: { host: distributionDomain },
        }),
    ],
    [
      "a URL although a cookie beside it is worthless",
      () => test.ask(custom(), { headers: { cookie: "CloudFront-Key-Pair-Id=KNOBODY" } }),
    ],
    [
      "the first of two cookies of one name",
      () => {
        const { cookie } = cookies(policy());
        return test.ask(photo, { headers: { cookie: `${cookie}; CloudFront-Signature=AAAA` } });
      },
    ],
    ["nothing at all where the behaviour asks for nothing", () => test.ask("/public/logo.svg")],
  ];

  for (const [title, ask] of accepted) {
    it(`accepts ${title}`, async () => {
      const answer = await ask();
      expect(answer.status, answer.body.toString()).to.equal(200);
    });
  }

  const other = "/media/0198c7a2-0000-7000-8000-000000000002/640.webp";
  const onTo = (path: string, signedPath: string) => `${path}${signedPath.slice(signedPath.indexOf("?"))}`;
  const refused: [title: string, ask: () => Promise<Answer>, code: string][] = [
    ["no signature", () => test.ask(photo), "MissingKey"],
    ["an empty key id", () => test.ask(replace(custom(), "Key-Pair-Id", () => "")), "MissingKey"],
    ["no key id beside a signature", () => test.ask(without(custom(), "Key-Pair-Id")), "MissingKey"],
    ["no signature beside a key id", () => test.ask(without(custom(), "Signature")), "MissingSignature"],
    ["no policy and no expiry", () => test.ask(without(custom(), "Policy")), "MissingPolicy"],
    ["an unknown key id", () => test.ask(replace(custom(), "Key-Pair-Id", () => "KNOBODY")), "InvalidKey"],
    ["a key of another group", () => test.ask(custom(photo, policy(), "K3OTHER")), "InvalidKey"],
    [
      "the id of another key of the group",
      () => test.ask(replace(custom(), "Key-Pair-Id", () => "K1RSA")),
      "AccessDenied",
    ],
    ["another photo's path", () => test.ask(onTo(other, custom())), "AccessDenied"],
    ["another file under a canned policy", () => test.ask(onTo(photo.replace("640", "320"), canned())), "AccessDenied"],
    ["a query added to a canned policy", () => test.ask(`${canned()}&size=large`), "AccessDenied"],
    [
      "a later expiry",
      () => test.ask(replace(canned(), "Expires", (value) => String(Number(value) + 600))),
      "AccessDenied",
    ],
    [
      "an expiry in other digits",
      () => test.ask(replace(canned(), "Expires", (value) => `0${value}`)),
      "MalformedPolicy",
    ],
    ["an expiry that is no number", () => test.ask(replace(canned(), "Expires", () => "never")), "MalformedPolicy"],
    [
      "a canned policy that has expired",
      () =>
        test.ask(
          pathOf(
            getSignedUrl({ ...signer("K2ECDSA"), url: url(photo), dateLessThan: new Date(test.now.getTime() - 1000) }),
          ),
        ),
      "AccessDenied",
    ],
    [
      "a custom policy that has expired",
      () =>
        test.ask(custom(photo, policy({ Condition: { DateLessThan: { "AWS:EpochTime": seconds(test.now) - 1 } } }))),
      "AccessDenied",
    ],
    [
      "a time that has not come",
      () =>
        test.ask(custom(photo, policy({ Condition: { DateGreaterThan: { "AWS:EpochTime": seconds(inAnHour()) } } }))),
      "AccessDenied",
    ],
    [
      "another address",
      () =>
        test.ask(custom(photo, policy({ Condition: { IpAddress: { "AWS:SourceIp": "127.0.0.1/32" } } })), {
          from: "127.0.0.2",
        }),
      "AccessDenied",
    ],
    [
      "an address that the viewer only claims",
      () =>
        test.ask(custom(photo, policy({ Condition: { IpAddress: { "AWS:SourceIp": "203.0.113.7/32" } } })), {
          headers: { "x-forwarded-for": "203.0.113.7" },
        }),
      "AccessDenied",
    ],
    [
      "a policy with more in its reach",
      () => test.ask(replace(custom(), "Policy", () => encoded(policy({ Resource: "*" })))),
      "AccessDenied",
    ],
    ["a policy that is no JSON", () => test.ask(replace(custom(), "Policy", () => encoded("{"))), "MalformedPolicy"],
    [
      "a policy that is no base64",
      () => test.ask(replace(custom(), "Policy", (value) => `${value.slice(0, -4)}a===`)),
      "MalformedPolicy",
    ],
    [
      "a policy in the usual base64",
      () => test.ask(replace(custom(photo, paddedPolicy()), "Policy", (value) => value.replaceAll("_", "%3D"))),
      "MalformedPolicy",
    ],
    [
      "a policy without an end",
      () => test.ask(custom(photo, JSON.stringify({ Statement: [{ Resource: "*", Condition: {} }] }))),
      "MalformedPolicy",
    ],
    [
      "a policy of two statements",
      () => {
        const [statement] = JSON.parse(policy()).Statement;
        return test.ask(custom(photo, JSON.stringify({ Statement: [statement, statement] })));
      },
      "MalformedPolicy",
    ],
    [
      "a condition that CloudFront does not know",
      () => test.ask(custom(photo, policy({ Condition: { StringEquals: { "aws:x": "y" } } }))),
      "MalformedPolicy",
    ],
    [
      "an IPv6 address",
      () => test.ask(custom(photo, policy({ Condition: { IpAddress: { "AWS:SourceIp": "::1/128" } } }))),
      "MalformedPolicy",
    ],
    [
      "an expiry as a text",
      () => test.ask(custom(photo, policy({ Condition: { DateLessThan: { "AWS:EpochTime": "4102444800" } } }))),
      "MalformedPolicy",
    ],
    ["a resource of no scheme", () => test.ask(custom(photo, policy({ Resource: "/media/*" }))), "MalformedPolicy"],
    ["a flipped bit in the signature", () => test.ask(replace(custom(), "Signature", flipBit)), "AccessDenied"],
    [
      "a signature cut short",
      () => test.ask(replace(custom(), "Signature", (value) => value.slice(0, -8))),
      "AccessDenied",
    ],
    [
      "another spelling of the signature's last bits",
      () => test.ask(replace(custom(photo, policy(), "K1RSA"), "Signature", lastBits)),
      "AccessDenied",
    ],
    ["SHA-1 for a signature of SHA-256", () => test.ask(without(custom(), "Hash-Algorithm")), "AccessDenied"],
    [
      "SHA-256 for a signature of SHA-1",
      () =>
        test.ask(
          `${pathOf(getSignedUrl({ ...signer("K1RSA", "SHA1"), url: url(photo), policy: policy() }))}&Hash-Algorithm=SHA256`,
        ),
      "AccessDenied",
    ],
    ["a hash that nobody takes", () => test.ask(replace(custom(), "Hash-Algorithm", () => "MD5")), "AccessDenied"],
    ["two policies", () => test.ask(`${custom()}&Policy=${encoded(policy({ Resource: "*" }))}`), "AccessDenied"],
    ["two key ids", () => test.ask(`${custom()}&Key-Pair-Id=K2ECDSA`), "AccessDenied"],
    [
      "the gaps of a URL filled from cookies",
      () => test.ask(without(custom(), "Key-Pair-Id"), { headers: cookies(policy()) }),
      "MissingKey",
    ],
    [
      "a way out of the photo by dots",
      () => test.ask(onTo(`/media/${id}/../../originals/${id}`, custom())),
      "AccessDenied",
    ],
    [
      "a way out by encoded dots",
      () => test.ask(onTo(`/media/${id}/%2e%2e/%2E./originals/${id}`, custom())),
      "AccessDenied",
    ],
    [
      "a way out by an encoded slash",
      () => test.ask(onTo(`/media/${id}/..%2f..%2foriginals/${id}`, custom())),
      "AccessDenied",
    ],
    ["a way out by a backslash", () => test.ask(onTo(`/media/${id}/..%5coriginals`, custom())), "AccessDenied"],
    [
      "another spelling of the signed path",
      () => test.ask(onTo(photo.replace("640", "%3640"), canned())),
      "AccessDenied",
    ],
    ["the open behaviour's name as a detour to signed media", () => test.ask(`/public/..${photo}`), "AccessDenied"],
    ["another spelling of a guarded path", () => test.ask(photo.replace("media", "%6dedia")), "MissingKey"],
    ["cookies over another photo", () => test.ask(other, { headers: cookies(policy()) }), "AccessDenied"],
    [
      "canned cookies over another file",
      () => test.ask(photo.replace("640", "320"), { headers: cookies(undefined) }),
      "AccessDenied",
    ],
    ["cookies of an unknown key", () => test.ask(photo, { headers: cookies(policy(), "K3OTHER") }), "InvalidKey"],
    [
      "a policy for another host of the same key",
      () => test.ask(custom(photo, policy({ Resource: `https://d2other.cloudfront.net/media/${id}/*` }))),
      "AccessDenied",
    ],
  ];

  for (const [title, ask, code] of refused) {
    it(`refuses ${title} with ${code}`, async () => {
      const answer = await ask();
      expect([answer.status, errorCode(answer)]).to.deep.equal([403, code]);
      expect(answer.headers["x-cache"]).to.equal("Error from cloudfront");
    });
  }

  it("says what CloudFront says, word by word", async () => {
    const words = async (path: string) => (await test.ask(path)).body.toString();
    expect(await words(photo)).to.contain("<Message>Missing Key-Pair-Id query parameter or cookie value</Message>");
    expect(await words(replace(custom(), "Key-Pair-Id", () => "K0"))).to.contain("<Message>Unknown Key</Message>");
    expect(await words(replace(custom(), "Signature", flipBit))).to.contain("<Message>Access denied</Message>");
  });

  it("refuses a host name that is not the distribution's, whatever the policy says", async () => {
    const text = policy({ Resource: `http://elsewhere.example/media/${id}/*` });
    expect((await test.ask(custom(photo, text), { headers: { host: "elsewhere.example" } })).status).to.equal(403);
  });

  it("refuses once the time is over, although it has accepted the same signature before", async () => {
    const path = custom(photo, policy({ Condition: { DateLessThan: { "AWS:EpochTime": seconds(test.now) + 60 } } }));
    expect((await test.ask(path)).status).to.equal(200);
    const before = test.now;
    test.now = new Date(before.getTime() + 61_000);
    expect(errorCode(await test.ask(path))).to.equal("AccessDenied");
    test.now = before;
  });

  it("keeps signing parameters and signed cookies from the origin", async () => {
    test.asked.length = 0;
    await test.ask(custom(`/media/${id}/unseen-1.webp?v=1`, policy({ Resource: "*" })));
    await test.ask(`/media/${id}/unseen-2.webp`, { headers: cookies(policy()) });
    expect(test.asked.map(({ url }) => url)).to.deep.equal([
      `/media-bucket/media/${id}/unseen-1.webp`,
      `/media-bucket/media/${id}/unseen-2.webp`,
    ]);
    for (const { headers } of test.asked) expect(headers).to.not.have.property("cookie");
  });

  it("shares one copy between viewers with different signatures", async () => {
    const path = `/media/${id}/shared.webp`;
    expect((await test.ask(custom(path))).headers["x-cache"]).to.equal("Miss from cloudfront");
    expect((await test.ask(custom(path, policy({ Resource: "*" }), "K1RSA"))).headers["x-cache"]).to.equal(
      "Hit from cloudfront",
    );
  });

  const badKeys: [title: string, encodedKey: string][] = [
    ["a key that is no PEM", "ssh-ed25519 AAAA"],
    [
      "an ECDSA key on another curve than P-256",
      generateKeyPairSync("ec", { namedCurve: "secp384r1" })
        .publicKey.export({ type: "spki", format: "pem" })
        .toString(),
    ],
  ];
  for (const [title, encodedKey] of badKeys) {
    it(`does not start with ${title}`, async () => {
      const bad = [
        recorded("aws:cloudfront/keyGroup:KeyGroup", "bad", { items: ["KBAD"] }, { id: "group-bad" }),
        recorded("aws:cloudfront/publicKey:PublicKey", "the-bad-key", { encodedKey }, { id: "KBAD" }),
      ];
      const starting = startTestEdge({ behaviour: { trustedKeyGroups: ["group-bad"] }, resources: bad });
      await starting.then(
        (started) => started.close().then(() => expect.fail("it started")),
        (error: Error) => expect(error.message).to.contain("the-bad-key"),
      );
    });
  }
});
