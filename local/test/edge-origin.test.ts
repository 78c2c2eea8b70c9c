import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { verifyRequest } from "../sigv4/verify.ts";
import { bucketDomain, cloudFront, distributionArn, errorCode, startTestEdge, type TestEdge } from "./support/edge.ts";
import { recorded } from "./support/recorded.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const accessControl = (signingBehavior: string) =>
  recorded(
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    "other-oac",
    { originAccessControlOriginType: "s3", signingBehavior, signingProtocol: "sigv4" },
    { id: "oac-2" },
  );

const originOf = (origin: object) => ({
  distribution: { origins: [{ domainName: bucketDomain, originId: "bucket", ...origin }] },
});

describe("the way to the origin", () => {
  let test: TestEdge;
  afterEach(() => test.close());

  const signerOf = ({ method, url, headers }: TestEdge["asked"][number]) =>
    verifyRequest(
      { method, target: url, headers },
      { credentials: () => cloudFront, service: "s3", region: "eu-central-1", now: test.now },
    );

  for (const path of [
    "/media/1/640.webp",
    "/media/1/a%20b+c%C3%A4.webp",
    "/media//1/%5Bx%5D",
    "/media/1/(1)!*'.webp",
  ]) {
    it(`signs ${path} as CloudFront, acting for the distribution`, async () => {
      test = await startTestEdge();
      expect((await test.ask(path)).status).to.equal(200);
      const [asked] = test.asked;
      if (asked === undefined) throw new Error("the origin was not asked");
      expect(asked.url).to.equal(`/media-bucket${path}`);
      expect(signerOf(asked).credentials.principal).to.deep.include({
        service: "cloudfront.amazonaws.com",
        sourceArn: distributionArn,
      });
    });
  }

  it("signs what a policy sends on, too", async () => {
    test = await startTestEdge({
      behaviour: { originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac" },
    });
    await test.ask("/object?b=2&a=1%20", {
      headers: { "x-amz-acl": "public-read", authorization: "AWS4-HMAC-SHA256 forged" },
    });
    const [asked] = test.asked;
    if (asked === undefined) throw new Error("the origin was not asked");
    expect(signerOf(asked).signedHeaders).to.include("x-amz-acl");
  });

  const unsigned: [title: string, origin: object, authorization: string | undefined][] = [
    ["without origin access control", {}, undefined],
    ["where origin access control never signs", { originAccessControlId: "oac-2" }, undefined],
  ];
  for (const [title, origin] of unsigned) {
    it(`asks unsigned ${title}`, async () => {
      test = await startTestEdge({ ...originOf(origin), resources: [accessControl("never")] });
      await test.ask("/object");
      expect(test.asked[0]?.headers).to.not.have.property("authorization");
    });
  }

  it("leaves the viewer's own signature where origin access control does not override", async () => {
    const cacheKey = { headersConfig: { headerBehavior: "whitelist", headers: { items: ["Authorization"] } } };
    test = await startTestEdge({
      ...originOf({ originAccessControlId: "oac-2" }),
      resources: [accessControl("no-override")],
      cacheKey,
    });
    await test.ask("/object", { headers: { authorization: "Bearer x" } });
    expect(test.asked[0]?.headers.authorization).to.equal("Bearer x");
    await test.ask("/object");
    expect(test.asked[1]?.headers.authorization).to.match(/^AWS4-HMAC-SHA256 /);
  });

  it("sends neither the viewer's credentials, cookies nor claims", async () => {
    test = await startTestEdge();
    await test.ask("/object", {
      headers: {
        authorization: "Bearer x",
        cookie: "a=1",
        "x-forwarded-for": "1.2.3.4",
        "x-amz-security-token": "t",
        "user-agent": "me",
      },
    });
    const headers = test.asked[0]?.headers ?? {};
    expect(headers.authorization).to.match(/^AWS4-HMAC-SHA256 Credential=AKIACLOUDFRONT\//);
    expect(headers).to.not.have.any.keys("cookie", "x-forwarded-for", "x-amz-security-token");
    expect(headers["user-agent"]).to.equal("Amazon CloudFront");
  });

  it("puts the origin's path before the viewer's, and its headers beside", async () => {
    test = await startTestEdge(
      originOf({ originPath: "/live", customHeaders: [{ name: "X-Origin-Verify", value: "secret" }] }),
    );
    await test.ask("/object");
    expect(test.asked[0]?.url).to.equal("/media-bucket/live/object");
    expect(test.asked[0]?.headers["x-origin-verify"]).to.equal("secret");
  });

  it("asks for the root object where the path names none", async () => {
    test = await startTestEdge({ distribution: { defaultRootObject: "index.html" } });
    await test.ask("/");
    expect(test.asked[0]?.url).to.equal("/media-bucket/index.html");
  });

  it("passes a body on where the behaviour takes one, and refuses it elsewhere", async () => {
    const allowedMethods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
    test = await startTestEdge({ behaviour: { allowedMethods } });
    const posted = await test.ask("/form", { method: "POST", body: "a=1", headers: { "content-type": "text/plain" } });
    expect(posted.status).to.equal(200);
    expect(test.asked[0]).to.include({ method: "POST", body: "a=1" });
    expect(test.asked[0]?.headers["content-type"]).to.equal("text/plain");
    expect((await test.ask("/form", { body: "a=1", headers: { "content-length": "3" } })).status).to.equal(403);
  });

  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    it(`refuses ${method} where the behaviour does not allow it`, async () => {
      test = await startTestEdge();
      const answer = await test.ask("/object", { method });
      expect([answer.status, answer.headers["x-cache"]]).to.deep.equal([403, "Error from cloudfront"]);
      expect(test.asked).to.have.length(0);
    });
  }

  const badStarts: [title: string, options: Parameters<typeof startTestEdge>[0], message: string][] = [
    [
      "an origin that nothing here answers for",
      { distribution: { origins: [{ domainName: "elsewhere.example", originId: "bucket" }] } },
      "elsewhere.example",
    ],
    ["a behaviour without its origin", { behaviour: { targetOriginId: "gone" } }, "behaviour * has no origin gone"],
    [
      "an unknown cache policy",
      { behaviour: { cachePolicyId: "00000000-0000-0000-0000-000000000000" } },
      "cache policy 00000000",
    ],
    [
      "a policy that sends the viewer's Host to an origin",
      { cacheKey: { headersConfig: { headerBehavior: "whitelist", headers: { items: ["Host"] } } } },
      "behaviour * sends the viewer's Host header to an origin",
    ],
    ["Lambda@Edge", { behaviour: { lambdaFunctionAssociations: [{}] } }, "lambdaFunctionAssociations"],
    ["an origin group", { distribution: { originGroups: [{}] } }, "originGroups"],
    [
      "a property that it does not know",
      { distribution: { anycastIpListId: "a" } },
      "anycastIpListId is not supported",
    ],
    ["a key group that is not there", { behaviour: { trustedKeyGroups: ["gone"] } }, "gone"],
    ["origin access control that is not there", originOf({ originAccessControlId: "gone" }), "gone"],
  ];
  for (const [title, options, message] of badStarts) {
    it(`does not start with ${title}`, async () => {
      const failure = await startTestEdge(options).then(
        (started) => started.close().then(() => new Error("it started")),
        (error: Error) => error,
      );
      expect(failure.message).to.contain(message);
      test = await startTestEdge();
    });
  }
});

describe("the edge in front of the local S3", () => {
  const readable = ["media/*", "originals/*"].map((prefix) => `arn:aws:s3:::media-bucket/${prefix}`);
  let s3: TestS3;
  let test: TestEdge;
  let clock: Date;

  before(async () => {
    clock = new Date();
    s3 = await startTestS3(
      recordedBucket("media-bucket", {
        policy: [
          {
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: readable,
            Condition: { StringEquals: { "aws:SourceArn": distributionArn } },
          },
        ],
      }),
      { now: () => clock },
    );
    const client = s3.client();
    for (const Key of ["media/1/640.webp", "uploads/olga/1"]) {
      await client.send(
        new PutObjectCommand({ Bucket: "media-bucket", Key, Body: "a picture", ContentType: "image/webp" }),
      );
    }
  });
  after(() => s3.close());
  beforeEach(() => {
    clock = new Date();
  });
  afterEach(() => test.close());

  const bucket = (arn: string) => ({
    url: `${s3.url}/media-bucket`,
    credentials: () => s3.account.serviceCredentials("cloudfront.amazonaws.com", arn),
  });

  it("reads what the bucket policy lets this distribution read, by ranges and revalidation too", async () => {
    test = await startTestEdge({ bucket: bucket(distributionArn) });
    const miss = await test.ask("/media/1/640.webp");
    expect([miss.status, miss.body.toString(), miss.headers["content-type"]]).to.deep.equal([
      200,
      "a picture",
      "image/webp",
    ]);
    expect((await test.ask("/media/1/640.webp", { headers: { range: "bytes=2-" } })).body.toString()).to.equal(
      "picture",
    );
    clock = new Date(test.now.getTime() + 3_601_000);
    test.now = clock;
    const refreshed = await test.ask("/media/1/640.webp");
    expect(refreshed.headers["x-cache"]).to.equal("RefreshHit from cloudfront");
  });

  it("reads nothing else: neither the quarantine nor what is not there", async () => {
    test = await startTestEdge({ bucket: bucket(distributionArn) });
    for (const path of ["/uploads/olga/1", "/media/1/none.webp", "/media/../uploads/olga/1", "//uploads/olga/1"]) {
      const answer = await test.ask(path);
      expect([answer.status, errorCode(answer)], path).to.deep.equal([403, "AccessDenied"]);
    }
  });

  it("reads nothing for another distribution", async () => {
    test = await startTestEdge({ bucket: bucket(distributionArn.replace("E1TEST", "E2OTHER")) });
    expect(errorCode(await test.ask("/media/1/640.webp"))).to.equal("AccessDenied");
  });

  it("never leaves a way to the bucket without a signature", async () => {
    test = await startTestEdge({ bucket: bucket(distributionArn), ...originOf({}) });
    expect(errorCode(await test.ask("/media/1/640.webp"))).to.equal("AccessDenied");
    const read = new GetObjectCommand({ Bucket: "media-bucket", Key: "media/1/640.webp" });
    expect(await (await s3.client().send(read)).Body?.transformToString()).to.equal("a picture");
  });

  describe("that is a server of its own, nothing of which is cached", () => {
    const uncached = {
      behaviour: {
        allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      },
      distribution: {
        origins: [
          {
            domainName: bucketDomain,
            originId: "bucket",
            customOriginConfig: { originProtocolPolicy: "https-only" },
            customHeaders: [{ name: "X-Origin-Verify", value: "the edge's own" }],
          },
        ],
        customErrorResponses: [{ errorCode: 404, errorCachingMinTtl: 0 }],
      },
    };

    it("is told who asks, at the end of what the viewer says, and proof that it is the edge which says so", async () => {
      test = await startTestEdge(uncached);
      await test.ask("/v1/me", { headers: { "x-forwarded-for": "192.0.2.1", "x-origin-verify": "a guess" } });
      await test.ask("/v1/me");
      expect(test.asked.map(({ headers }) => headers["x-forwarded-for"])).to.deep.equal([
        "192.0.2.1, 127.0.0.1",
        "127.0.0.1",
      ]);
      expect(test.asked.map(({ headers }) => headers["x-origin-verify"])).to.deep.equal([
        "the edge's own",
        "the edge's own",
      ]);
    });

    for (const status of [200, 404]) {
      it(`answers viewers who ask at the same time each for themselves, also with ${status}`, async () => {
        test = await startTestEdge(uncached);
        const waiting: (() => void)[] = [];
        test.origin = (message, response) => {
          waiting.push(() => response.writeHead(status).end(message.headers.authorization));
          // Both are under way before either is answered.
          if (waiting.length === 2) for (const go of waiting) go();
        };
        const ask = (authorization: string) => test.ask("/v1/me", { headers: { authorization } });
        const answers = await Promise.all([ask("olga"), ask("fred")]);
        expect(answers.map(({ body }) => String(body))).to.deep.equal(["olga", "fred"]);
      });
    }
  });
});
