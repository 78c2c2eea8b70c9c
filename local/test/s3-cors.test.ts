import { expect } from "chai";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const app = "https://app.example.com";

describe("CORS in the local S3", () => {
  let s3: TestS3;
  before(async () => {
    s3 = await startTestS3([
      ...recordedBucket("shared", {
        cors: [
          {
            allowedOrigins: [app, "https://*.preview.example.com"],
            allowedMethods: ["PUT", "GET"],
            allowedHeaders: ["content-type", "x-amz-*"],
            exposeHeaders: ["ETag", "Location"],
            maxAgeSeconds: 3600,
          },
          { allowedOrigins: ["*"], allowedMethods: ["HEAD"] },
        ],
      }),
      ...recordedBucket("alone"),
    ]);
  });
  after(() => s3.close());

  const preflight = (path: string, headers: Record<string, string>) =>
    s3.ask("OPTIONS", path, { headers, credentials: "anonymous" });
  const corsOf = (headers: Headers) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));

  it("answers a browser that asks first with the rule that allows it", async () => {
    const answer = await preflight("/shared/uploads/x", {
      origin: app,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "Content-Type,X-Amz-Checksum-Sha256",
    });
    expect(answer.status).to.equal(200);
    expect(corsOf(answer.headers)).to.deep.equal({
      "access-control-allow-origin": app,
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "content-type, x-amz-checksum-sha256",
      "access-control-expose-headers": "ETag, Location",
      "access-control-max-age": "3600",
      "access-control-allow-credentials": "true",
    });
    expect(answer.headers.get("vary")).to.equal(
      "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    );
  });

  it("matches origins with a star, and answers a star only for a star", async () => {
    const preview = "https://pr-7.preview.example.com";
    const answer = await preflight("/shared/x", { origin: preview, "access-control-request-method": "GET" });
    expect(answer.headers.get("access-control-allow-origin")).to.equal(preview);
    const anyone = await preflight("/shared/x", { origin: "null", "access-control-request-method": "HEAD" });
    expect(corsOf(anyone.headers)).to.deep.equal({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "HEAD",
    });
  });

  const refusals: [title: string, path: string, headers: Record<string, string>, status: number, words: string][] = [
    [
      "another origin",
      "/shared/x",
      { origin: "https://evil.example", "access-control-request-method": "PUT" },
      403,
      "This CORS request is not allowed.",
    ],
    [
      "an origin that only begins like one",
      "/shared/x",
      { origin: `${app}.evil.example`, "access-control-request-method": "PUT" },
      403,
      "This CORS request is not allowed.",
    ],
    [
      "another method",
      "/shared/x",
      { origin: app, "access-control-request-method": "DELETE" },
      403,
      "This CORS request is not allowed.",
    ],
    [
      "another header",
      "/shared/x",
      { origin: app, "access-control-request-method": "PUT", "access-control-request-headers": "authorization" },
      403,
      "This CORS request is not allowed.",
    ],
    [
      "a bucket without rules",
      "/alone/x",
      { origin: app, "access-control-request-method": "PUT" },
      403,
      "CORS is not enabled for this bucket.",
    ],
    ["no origin", "/shared/x", { "access-control-request-method": "PUT" }, 400, "Origin request header needed."],
    ["no method", "/shared/x", { origin: app }, 400, "Invalid Access-Control-Request-Method"],
  ];
  for (const [title, path, headers, status, words] of refusals) {
    it(`refuses a preflight for ${title}`, async () => {
      const answer = await preflight(path, headers);
      expect(answer.status).to.equal(status);
      expect(answer.text).to.include(words);
      expect(corsOf(answer.headers)).to.deep.equal({});
    });
  }

  it("lets a page read answers, refusals too, when a rule allows its origin", async () => {
    const put = await s3.ask("PUT", "/shared/x", { headers: { origin: app }, body: "x" });
    expect(put.headers.get("access-control-expose-headers")).to.equal("ETag, Location");
    const refused = await s3.ask("GET", "/shared/absent", { headers: { origin: app }, credentials: "anonymous" });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).to.deep.equal([403, app]);
  });

  it("says nothing to other origins, to other methods, and for buckets without rules", async () => {
    const answers = [
      await s3.ask("PUT", "/shared/x", { headers: { origin: "https://evil.example" }, body: "x" }),
      await s3.ask("DELETE", "/shared/x", { headers: { origin: app } }),
      await s3.ask("PUT", "/alone/x", { headers: { origin: app }, body: "x" }),
      await s3.ask("PUT", "/shared/x", { body: "x" }),
    ];
    expect(answers.map(({ headers }) => corsOf(headers))).to.deep.equal([{}, {}, {}, {}]);
  });
});
