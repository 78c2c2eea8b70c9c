import { expect } from "chai";
import type { Credentials } from "../iam/types.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { verifyRequest } from "../sigv4/verify.ts";

/* The worked examples of the S3 API reference: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
const now = new Date("2013-05-24T00:00:00Z");
const example: Credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  principal: {
    kind: "admin",
    arn: "arn:aws:iam::000000000000:user/example",
    accountId: "000000000000",
    userId: "AIDA",
  },
};
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const options = { credentials: (id: string) => (id === example.accessKeyId ? example : undefined), service: "s3", now };

const signed: {
  title: string;
  method: string;
  target: string;
  headers: Record<string, string>;
  hash: string;
  signature: string;
}[] = [
  {
    title: "GET of an object's first bytes",
    method: "GET",
    target: "/test.txt",
    headers: { range: "bytes=0-9" },
    hash: emptyHash,
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    title: "PUT of an object",
    method: "PUT",
    target: "/test%24file.text",
    headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    hash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    title: "GET of a bucket's lifecycle",
    method: "GET",
    target: "/?lifecycle",
    headers: {},
    hash: emptyHash,
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    title: "GET of a bucket's list",
    method: "GET",
    target: "/?max-keys=2&prefix=J",
    headers: {},
    hash: emptyHash,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

describe("AWS's published Signature Version 4 examples", () => {
  for (const { title, method, target, headers, hash, signature } of signed) {
    it(`signs and verifies the ${title}`, () => {
      const result = signHeaders({
        method,
        url: new URL(target, "https://examplebucket.s3.amazonaws.com"),
        headers,
        credentials: example,
        service: "s3",
        region: "us-east-1",
        now,
        payloadHash: hash,
      });
      expect(result.authorization).to.match(new RegExp(`, Signature=${signature}$`));
      expect(verifyRequest({ method, target, headers: result }, options)).to.include({
        form: "header",
        region: "us-east-1",
      });
    });
  }

  it("verifies the presigned GET", () => {
    const target =
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    const verified = verifyRequest(
      { method: "GET", target, headers: { host: "examplebucket.s3.amazonaws.com" } },
      options,
    );
    expect(verified.form).to.equal("query");
    expect(verified.payload).to.deep.equal({ kind: "unsigned" });
  });
});
