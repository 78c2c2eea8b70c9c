import { expect } from "chai";
import { type CanonicalInput, canonicalRequest, parseTarget } from "../sigv4/canonical.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { isSigned, verifyRequest } from "../sigv4/verify.ts";
import { example, exampleLookup, exampleNow } from "./support/sigv4-example.ts";

function canonical(target: string, service: string, input: Partial<CanonicalInput> = {}): string[] {
  const base = { method: "GET", headers: {}, signedHeaders: [], payloadHash: "" };
  return canonicalRequest({ ...base, target: parseTarget(target), service, ...input }).split("\n");
}

describe("the canonical request", () => {
  const paths: [path: string, s3: string, others: string][] = [
    ["/", "/", "/"],
    ["/a/b", "/a/b", "/a/b"],
    ["/a/", "/a/", "/a/"],
    ["//a///b", "//a///b", "/a/b"],
    ["/a/./b/../c", "/a/./b/../c", "/a/c"],
    ["/../..", "/../..", "/"],
    ["/a%20b", "/a%20b", "/a%2520b"],
    ["/a%2fb", "/a/b", "/a%252fb"],
    ["/~a-b_c.d", "/~a-b_c.d", "/~a-b_c.d"],
    ["/(a)", "/%28a%29", "/%28a%29"],
    ["/%F0%9F%8C%85", "/%F0%9F%8C%85", "/%25F0%259F%258C%2585"],
  ];
  for (const [path, s3, others] of paths) {
    it(`spells the path ${path} as ${s3} for S3 and as ${others} for others`, () => {
      expect(canonical(path, "s3")[1]).to.equal(s3);
      expect(canonical(path, "dynamodb")[1]).to.equal(others);
    });
  }

  const queries: [query: string, canonical: string][] = [
    ["", ""],
    ["uploads", "uploads="],
    ["b=2&a=1", "a=1&b=2"],
    ["a=2&a=1", "a=1&a=2"],
    ["a-b=1&a=2", "a=2&a-b=1"],
    ["prefix=a/b&delimiter=/", "delimiter=%2F&prefix=a%2Fb"],
    ["a=b+c", "a=b%20c"],
    ["a=b=c", "a=b%3Dc"],
    ["a=1&&b", "a=1&b="],
    ["a=1&X-Amz-Signature=0", "a=1"],
    ["a=%c3%a9", "a=%C3%A9"],
  ];
  for (const [query, expected] of queries) {
    it(`spells the query ${query || "of nothing"} as ${expected || "nothing"}`, () => {
      expect(canonical(`/?${query}`, "s3")[2]).to.equal(expected);
    });
  }

  it("trims headers and takes runs of white space for one space", () => {
    const headers = { "x-amz-meta-a": "  a   b\tc ", "x-amz-meta-b": "" };
    const lines = canonical("/", "s3", { headers, signedHeaders: ["x-amz-meta-a", "x-amz-meta-b", "x-amz-meta-c"] });
    expect(lines.slice(3, 6)).to.deep.equal(["x-amz-meta-a:a b c", "x-amz-meta-b:", "x-amz-meta-c:"]);
  });
});

describe("a signature without x-amz-date", () => {
  const withDate = (date: string) => {
    const request = { method: "GET", url: new URL("https://photos.s3.amazonaws.com/a"), headers: { date } };
    const at = {
      credentials: example,
      service: "s3",
      region: "us-east-1",
      now: exampleNow,
      payloadHash: "UNSIGNED-PAYLOAD",
    };
    const { authorization, host } = signHeaders({ ...request, ...at });
    return { method: "GET", target: "/a", headers: { authorization, host, date } };
  };
  const options = { credentials: exampleLookup, service: "s3", now: exampleNow };

  it("takes its time from the Date header", () => {
    for (const date of ["Fri, 24 May 2013 00:00:00 GMT", "20130524T000000Z"]) {
      const request = withDate(date);
      expect(isSigned(request)).to.equal(true);
      // It gets as far as the body's hash, which is missing as well: the time was good.
      expect(() => verifyRequest(request, options)).to.throw(
        /Missing required header for this request: x-amz-content-sha256/,
      );
    }
  });

  it("is refused when that is no time, or is off", () => {
    expect(() => verifyRequest(withDate("yesterday"), options)).to.throw(/valid Date or x-amz-date/);
    expect(() => verifyRequest(withDate("Fri, 24 May 2013 01:00:00 GMT"), options)).to.throw(/too large/);
  });
});
