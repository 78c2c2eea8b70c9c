import { expect } from "chai";
import type { Credentials } from "../iam/types.ts";
import { signHeaders } from "../sigv4/sign.ts";
import type { SigV4Code } from "../sigv4/sigv4-error.ts";
import type { SignedRequest } from "../sigv4/types.ts";
import { isSigned, type VerifyOptions, verifyRequest } from "../sigv4/verify.ts";
import { example, exampleLookup, exampleNow, exampleSession, refusalOf } from "./support/sigv4-example.ts";
import { stockPresign } from "./support/stock-signer.ts";

const host = "photos.s3.us-east-1.amazonaws.com";
const payloadHash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
const options: VerifyOptions = { credentials: exampleLookup, service: "s3", region: "us-east-1", now: exampleNow };
const minutes = (count: number) => new Date(exampleNow.getTime() + count * 60_000);
const verifyAt = (now: Date) => ({ ...options, now });

type Refusal = readonly [
  title: string,
  code: SigV4Code,
  status: number,
  tampered: () => SignedRequest | Promise<SignedRequest>,
  options?: VerifyOptions,
];

function signed(overrides: Partial<Parameters<typeof signHeaders>[0]> = {}): SignedRequest {
  const headers = signHeaders({
    method: "PUT",
    url: new URL(`https://${host}/uploads/olga/photo?x=1`),
    headers: { "content-type": "image/jpeg", "x-amz-meta-album": "summer" },
    credentials: example,
    service: "s3",
    region: "us-east-1",
    now: exampleNow,
    payloadHash,
    ...overrides,
  });
  return { method: "PUT", target: "/uploads/olga/photo?x=1", headers };
}

function withHeaders(changes: Record<string, string | undefined>, request = signed()): SignedRequest {
  const headers = Object.entries({ ...request.headers, ...changes }).filter(([, value]) => value !== undefined);
  return { ...request, headers: Object.fromEntries(headers) };
}

function withAuthorization(
  search: string | RegExp,
  replacement: string | ((found: string) => string),
  request = signed(),
): SignedRequest {
  const { authorization = "" } = request.headers;
  return withHeaders({ authorization: replaceOnce(authorization, search, replacement) }, request);
}

/** Fails where nothing is replaced, so that no case tests an untouched request. */
function replaceOnce(text: string, search: string | RegExp, replacement: string | ((found: string) => string)): string {
  const replaced = text.replace(search, typeof replacement === "string" ? () => replacement : replacement);
  if (replaced === text) throw new Error(`${search} is not in ${text}`);
  return replaced;
}

const forger: Credentials = { ...example, secretAccessKey: "a secret that is somebody else's, not example's" };

const { sessionToken: _, ...tokenless } = exampleSession;

const headerRefusals: Refusal[] = [
  ["a forged signature", "SignatureDoesNotMatch", 403, () => withAuthorization(/.{64}$/, "0".repeat(64))],
  ["a signature by another key", "SignatureDoesNotMatch", 403, () => signed({ credentials: forger })],
  ["a signature that is too short", "SignatureDoesNotMatch", 403, () => withAuthorization(/.$/, "")],
  [
    "a signature in capitals",
    "SignatureDoesNotMatch",
    403,
    () => withAuthorization(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase()),
  ],
  ["another method", "SignatureDoesNotMatch", 403, () => ({ ...signed(), method: "DELETE" })],
  ["another path", "SignatureDoesNotMatch", 403, () => ({ ...signed(), target: "/uploads/gus/photo?x=1" })],
  [
    "a path with a slash more",
    "SignatureDoesNotMatch",
    403,
    () => ({ ...signed(), target: "//uploads/olga/photo?x=1" }),
  ],
  ["another query", "SignatureDoesNotMatch", 403, () => ({ ...signed(), target: "/uploads/olga/photo?x=2" })],
  [
    "an added query argument",
    "SignatureDoesNotMatch",
    403,
    () => ({ ...signed(), target: "/uploads/olga/photo?x=1&acl" }),
  ],
  ["a changed signed header", "SignatureDoesNotMatch", 403, () => withHeaders({ "content-type": "text/html" })],
  ["a removed signed header", "SignatureDoesNotMatch", 403, () => withHeaders({ "content-type": undefined })],
  ["another host", "SignatureDoesNotMatch", 403, () => withHeaders({ host: "other.s3.us-east-1.amazonaws.com" })],
  [
    "another declared body",
    "SignatureDoesNotMatch",
    403,
    () => withHeaders({ "x-amz-content-sha256": "0".repeat(64) }),
  ],
  [
    "a body that is said to be unsigned",
    "SignatureDoesNotMatch",
    403,
    () => withHeaders({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
  ],
  ["a moved clock", "SignatureDoesNotMatch", 403, () => withHeaders({ "x-amz-date": "20130524T000001Z" })],
  ["an unsigned x-amz-* header", "AccessDenied", 403, () => withHeaders({ "x-amz-acl": "public-read" })],
  [
    "a signed header that is dropped from the list",
    "AccessDenied",
    403,
    () => withAuthorization(";x-amz-meta-album", ""),
  ],
  ["a host that is not signed", "AccessDenied", 403, () => withAuthorization("content-type;host;", "content-type;")],
  ["no date", "AccessDenied", 403, () => withHeaders({ "x-amz-date": undefined })],
  ["a date that is none", "AccessDenied", 403, () => withHeaders({ "x-amz-date": "20130231T000000Z" })],
  [
    "a key that nobody has",
    "InvalidAccessKeyId",
    403,
    () => signed({ credentials: { ...example, accessKeyId: "AKIANOBODYHASTHISKEY" } }),
  ],
  ["a session's key without its token", "InvalidAccessKeyId", 403, () => signed({ credentials: tokenless })],
  [
    "a session's key with another token",
    "InvalidToken",
    400,
    () => signed({ credentials: { ...exampleSession, sessionToken: "another" } }),
  ],
  [
    "a lasting key with a token",
    "InvalidToken",
    400,
    () => signed({ credentials: { ...example, sessionToken: "another" } }),
  ],
  [
    "a session that has ended",
    "ExpiredToken",
    400,
    () => signed({ credentials: exampleSession, now: minutes(1440) }),
    verifyAt(minutes(1440)),
  ],
  ["a signature of 16 minutes ago", "RequestTimeTooSkewed", 403, () => signed(), verifyAt(minutes(16))],
  ["a signature of 16 minutes ahead", "RequestTimeTooSkewed", 403, () => signed(), verifyAt(minutes(-16))],
  ["another region's scope", "AuthorizationHeaderMalformed", 400, () => signed({ region: "eu-central-1" })],
  ["another service's scope", "AuthorizationHeaderMalformed", 400, () => signed({ service: "dynamodb" })],
  ["a scope of another day", "AuthorizationHeaderMalformed", 400, () => withAuthorization("/20130524/", "/20130523/")],
  ["a scope without its end", "AuthorizationHeaderMalformed", 400, () => withAuthorization("/aws4_request", "")],
  ["no Credential", "AuthorizationHeaderMalformed", 400, () => withAuthorization(/Credential=[^,]+, /, "")],
  ["no SignedHeaders", "AuthorizationHeaderMalformed", 400, () => withAuthorization(/SignedHeaders=[^,]+, /, "")],
  ["no Signature", "AuthorizationHeaderMalformed", 400, () => withAuthorization(/, Signature=.*$/, "")],
  ["two Signatures", "AuthorizationHeaderMalformed", 400, () => withAuthorization(/$/, ", Signature=0")],
  ["an unknown field", "AuthorizationHeaderMalformed", 400, () => withAuthorization(/$/, ", Extra=0")],
  [
    "Signature Version 2",
    "InvalidRequest",
    400,
    () => withHeaders({ authorization: "AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g=" }),
  ],
  ["a bearer token", "InvalidRequest", 400, () => withHeaders({ authorization: "Bearer eyJhbGciOiJub25lIn0.e30." })],
  [
    "a signature in the query too",
    "InvalidArgument",
    400,
    () => ({ ...signed(), target: "/uploads/olga/photo?x=1&X-Amz-Signature=0" }),
  ],
  [
    "no hash of the body",
    "InvalidRequest",
    400,
    () => withHeaders({ "x-amz-content-sha256": undefined }, withAuthorization("x-amz-content-sha256;", "")),
  ],
  ["a hash of the body that is none", "InvalidArgument", 400, () => signed({ payloadHash: "none" })],
  ["a path that is not percent-encoded well", "InvalidURI", 400, () => ({ ...signed(), target: "/uploads/%zz" })],
  ["a target in absolute form", "InvalidURI", 400, () => ({ ...signed(), target: "http://elsewhere/uploads" })],
];

/** Good for 15 minutes from `exampleNow` on. */
async function presigned(credentials = example, at = exampleNow, scope = {}): Promise<SignedRequest> {
  const request = {
    method: "PUT",
    segments: ["uploads", "olga", "photo"],
    query: {},
    headers: { host, "content-length": "3" },
  };
  const unsigned = { service: "s3", region: "us-east-1", ...scope };
  return stockPresign(request, { credentials, at, ...unsigned }, 900);
}

async function withTarget(
  search: string | RegExp,
  replacement: string | ((found: string) => string),
): Promise<SignedRequest> {
  const request = await presigned();
  return { ...request, target: replaceOnce(request.target, search, replacement) };
}

const queryRefusals: Refusal[] = [
  [
    "a forged signature",
    "SignatureDoesNotMatch",
    403,
    () => withTarget(/X-Amz-Signature=.{64}/, `X-Amz-Signature=${"0".repeat(64)}`),
  ],
  ["a signature by another key", "SignatureDoesNotMatch", 403, () => presigned(forger)],
  ["another method", "SignatureDoesNotMatch", 403, async () => ({ ...(await presigned()), method: "GET" })],
  ["another key", "SignatureDoesNotMatch", 403, () => withTarget("/olga/", "/gus/")],
  [
    "another length",
    "SignatureDoesNotMatch",
    403,
    async () => withHeaders({ "content-length": "4" }, await presigned()),
  ],
  ["a longer life", "SignatureDoesNotMatch", 403, () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=9000")],
  ["an added argument", "SignatureDoesNotMatch", 403, () => withTarget(/$/, "&uploadId=1")],
  ["an added access control list", "SignatureDoesNotMatch", 403, () => withTarget(/$/, "&X-Amz-Acl=public-read")],
  [
    "an unsigned x-amz-* header",
    "AccessDenied",
    403,
    async () => withHeaders({ "x-amz-acl": "public-read" }, await presigned()),
  ],
  ["a host that is not signed", "AccessDenied", 403, () => withTarget("content-length%3Bhost", "content-length")],
  ["a life that is over", "AccessDenied", 403, () => presigned(), verifyAt(minutes(15.1))],
  ["a life that begins in 16 minutes", "AccessDenied", 403, () => presigned(), verifyAt(minutes(-16))],
  [
    "a life of more than seven days",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=604801"),
  ],
  [
    "a negative life",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=-900"),
  ],
  [
    "a life of NaN",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=NaN"),
  ],
  [
    "a life of 9e2 seconds",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=9e2"),
  ],
  ["an empty life", "AuthorizationQueryParametersError", 400, () => withTarget("X-Amz-Expires=900", "X-Amz-Expires=")],
  ["two lives", "AuthorizationQueryParametersError", 400, () => withTarget(/$/, "&X-Amz-Expires=604800")],
  ["two signatures", "AuthorizationQueryParametersError", 400, () => withTarget(/$/, "&X-Amz-Signature=0")],
  ["no signature", "AuthorizationQueryParametersError", 400, () => withTarget(/&X-Amz-Signature=[^&]+/, "")],
  [
    "nothing but a signature",
    "AuthorizationQueryParametersError",
    400,
    async () => ({ ...(await presigned()), target: "/uploads?X-Amz-Signature=0" }),
  ],
  ["a date that is none", "AuthorizationQueryParametersError", 400, () => withTarget("20130524T000000Z", "20130524")],
  [
    "another algorithm",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
  ],
  [
    "a scope of another day",
    "AuthorizationQueryParametersError",
    400,
    () => withTarget("%2F20130524%2F", "%2F20130523%2F"),
  ],
  [
    "another region's scope",
    "AuthorizationQueryParametersError",
    400,
    () => presigned(example, exampleNow, { region: "eu-central-1" }),
  ],
  [
    "another service's scope",
    "AuthorizationQueryParametersError",
    400,
    () => presigned(example, exampleNow, { service: "sts" }),
  ],
  [
    "a key that nobody has",
    "InvalidAccessKeyId",
    403,
    () => presigned({ ...example, accessKeyId: "AKIANOBODYHASTHISKEY" }),
  ],
  ["a session's key without its token", "InvalidAccessKeyId", 403, () => presigned(tokenless)],
  [
    "a session's key with another token",
    "InvalidToken",
    400,
    () => presigned({ ...exampleSession, sessionToken: "another" }),
  ],
  [
    "a session that has ended",
    "ExpiredToken",
    400,
    () => presigned(exampleSession, minutes(1435)),
    verifyAt(minutes(1440)),
  ],
  [
    "Signature Version 2",
    "InvalidRequest",
    400,
    async () => ({
      ...(await presigned()),
      target: "/uploads?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=vj&Expires=1141889120",
    }),
  ],
];

for (const [form, accepted, refusals] of [
  ["header", signed, headerRefusals],
  ["query", presigned, queryRefusals],
] as const) {
  describe(`the verifier, of a signature in the ${form}`, () => {
    it("accepts what is refused below once it is tampered with", async () => {
      expect(verifyRequest(await accepted(), options)).to.include({ form, credentials: example });
    });

    for (const [title, code, status, tampered, verification = options] of refusals) {
      it(`refuses ${title} with ${code}`, async () => {
        const request = await tampered();
        const refusal = refusalOf(() => isSigned(request) && verifyRequest(request, verification));
        expect(refusal).to.include({ code, status });
      });
    }
  });
}

describe("a refusal of the verifier", () => {
  it("shows what should have been signed, but never the key", () => {
    const { details, message } = refusalOf(() => verifyRequest({ ...signed(), method: "DELETE" }, options));
    expect(details.StringToSign).to.match(
      /^AWS4-HMAC-SHA256\n20130524T000000Z\n20130524\/us-east-1\/s3\/aws4_request\n/,
    );
    expect(details.CanonicalRequest).to.match(/^DELETE\n\/uploads\/olga\/photo\nx=1\n/);
    expect(JSON.stringify({ ...details, message })).not.to.include(example.secretAccessKey);
  });

  it("names the headers that were not signed", () => {
    const request = withHeaders({ "x-amz-acl": "public-read", "x-amz-tagging": "a=b" });
    expect(refusalOf(() => verifyRequest(request, options)).details).to.deep.equal({
      HeadersNotSigned: "x-amz-acl, x-amz-tagging",
    });
  });

  it("says when a presigned URL ended", async () => {
    const request = await presigned();
    expect(refusalOf(() => verifyRequest(request, verifyAt(minutes(20)))).details).to.deep.equal({
      "X-Amz-Expires": "900",
      Expires: "2013-05-24T00:15:00.000Z",
      ServerTime: "2013-05-24T00:20:00.000Z",
    });
  });
});

describe("a request without any signature", () => {
  it("is anonymous, whatever else its query holds", () => {
    expect(isSigned({ method: "GET", target: "/media/1?Signature=cloudfront&Expires=1", headers: { host } })).to.equal(
      false,
    );
  });
});
