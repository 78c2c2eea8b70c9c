import { text } from "node:stream/consumers";
import { expect } from "chai";
import { decodeChunked } from "../sigv4/chunked.ts";
import { verifyPostPolicy } from "../sigv4/post-policy.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { verifyRequest } from "../sigv4/verify.ts";
import { example, exampleLookup, exampleNow } from "./support/sigv4-example.ts";

/*
 * The worked examples of "Authenticating Requests (AWS Signature Version 4)" in Amazon S3's API reference, of its
 * pages on the Authorization header, query parameters, chunked uploads with and without trailers, and POST.
 */
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const options = { credentials: exampleLookup, service: "s3", region: "us-east-1", now: exampleNow };

interface Example {
  readonly title: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payloadHash: string;
  readonly signature: string;
}

function signExample({ method, url, headers, payloadHash }: Omit<Example, "signature" | "title">) {
  const now = exampleNow;
  const request = { method, url: new URL(url), headers, payloadHash, now };
  return signHeaders({ ...request, credentials: example, service: "s3", region: "us-east-1" });
}

const headerExamples: Example[] = [
  {
    title: "a GET of an object's first bytes",
    method: "GET",
    url: "https://examplebucket.s3.amazonaws.com/test.txt",
    headers: { range: "bytes=0-9" },
    payloadHash: emptyHash,
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    title: "a PUT of an object",
    method: "PUT",
    url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
    headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    title: "a GET of a bucket's lifecycle",
    method: "GET",
    url: "https://examplebucket.s3.amazonaws.com/?lifecycle",
    headers: {},
    payloadHash: emptyHash,
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    title: "a GET of a bucket's list",
    method: "GET",
    url: "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
    headers: {},
    payloadHash: emptyHash,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

const chunkedUpload = {
  method: "PUT",
  url: "https://s3.amazonaws.com/examplebucket/chunkObject.txt",
  headers: {
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
  },
};

const chunkedExamples: (Example & { readonly trailers: Record<string, string>; readonly body: string })[] = [
  {
    title: "a chunked upload",
    ...chunkedUpload,
    headers: { ...chunkedUpload.headers, "content-length": "66824" },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    trailers: {},
    body: [
      "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "a".repeat(65536),
      "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "a".repeat(1024),
      "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
      "\r\n",
    ].join("\r\n"),
  },
  {
    title: "a chunked upload with a trailing checksum",
    ...chunkedUpload,
    headers: { ...chunkedUpload.headers, "x-amz-trailer": "x-amz-checksum-crc32c" },
    payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    trailers: { "x-amz-checksum-crc32c": "sOO8/Q==" },
    body: [
      "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "a".repeat(65536),
      "400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "a".repeat(1024),
      "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
      "x-amz-checksum-crc32c:sOO8/Q==",
      "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
      "\r\n",
    ].join("\r\n"),
  },
];

describe("AWS's published Signature Version 4 examples", () => {
  for (const one of headerExamples) {
    it(`come out as published for ${one.title}`, () => {
      const headers = signExample(one);
      expect(headers.authorization).to.match(new RegExp(`, Signature=${one.signature}$`));
      const { pathname, search } = new URL(one.url);
      const verified = verifyRequest({ method: one.method, target: pathname + search, headers }, options);
      expect(verified).to.deep.include({ form: "header", payload: { kind: "sha256", hex: one.payloadHash } });
    });
  }

  for (const one of chunkedExamples) {
    it(`come out as published for ${one.title}`, async () => {
      const headers = signExample(one);
      expect(headers.authorization).to.match(new RegExp(`, Signature=${one.signature}$`));
      const verified = verifyRequest({ method: one.method, target: new URL(one.url).pathname, headers }, options);
      const { bytes, length, trailers } = decodeChunked(oneBuffer(one.body), verified, headers);
      expect(await text(bytes)).to.equal("a".repeat(length));
      expect(Object.fromEntries(trailers)).to.deep.equal(one.trailers);
    });
  }

  it("verify for a presigned GET", () => {
    const target =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    const headers = { host: "examplebucket.s3.amazonaws.com" };
    const verified = verifyRequest({ method: "GET", target, headers }, options);
    expect(verified).to.deep.include({ form: "query", payload: { kind: "unsigned" }, signedHeaders: ["host"] });
  });

  it("verify for a POST form", () => {
    const policy = [
      '{ "expiration": "2015-12-30T12:00:00.000Z",',
      '  "conditions": [',
      '    {"bucket": "sigv4examplebucket"},',
      '    ["starts-with", "$key", "user/user1/"],',
      '    {"acl": "public-read"},',
      '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
      '    ["starts-with", "$Content-Type", "image/"],',
      '    {"x-amz-meta-uuid": "14365123651274"},',
      '    {"x-amz-server-side-encryption": "AES256"},',
      '    ["starts-with", "$x-amz-meta-tag", ""],',
      "",
      '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
      '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
      '    {"x-amz-date": "20151229T000000Z" }',
      "  ]",
      "}",
    ].join("\r\n");
    const fields = new Map([
      ["key", "user/user1/sigv4.jpg"],
      ["acl", "public-read"],
      ["success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"],
      ["content-type", "image/jpeg"],
      ["x-amz-meta-uuid", "14365123651274"],
      ["x-amz-server-side-encryption", "AES256"],
      ["x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"],
      ["x-amz-algorithm", "AWS4-HMAC-SHA256"],
      ["x-amz-date", "20151229T000000Z"],
      ["policy", Buffer.from(policy).toString("base64")],
      ["x-amz-signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"],
    ]);
    const now = new Date("2015-12-29T12:00:00Z");
    const verified = verifyPostPolicy(fields, { ...options, bucket: "sigv4examplebucket", now });
    expect(verified.credentials).to.equal(example);
  });
});

async function* oneBuffer(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
