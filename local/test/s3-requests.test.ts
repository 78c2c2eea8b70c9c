import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { signHeaders } from "../sigv4/sign.ts";
import { rejection } from "./support/rejection.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

describe("Requests to the local S3", () => {
  const Bucket = "asked";
  let s3: TestS3;
  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket, { versioning: "Enabled" }));
    await s3.client().send(new PutObjectCommand({ Bucket, Key: "x", Body: "bytes" }));
  });
  after(() => s3.close());

  it("carry an id, in the answer's headers and in an error's XML", async () => {
    const { headers, text } = await s3.ask("GET", `/${Bucket}/absent`);
    const id = headers.get("x-amz-request-id");
    expect(id).to.match(/^[0-9A-F]{16}$/);
    expect(headers.get("content-type")).to.equal("application/xml");
    expect(text).to.equal(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.' +
        `</Message><Key>absent</Key><Resource>/${Bucket}/absent</Resource><RequestId>${id}</RequestId><HostId>${id}</HostId></Error>`,
    );
    expect((await s3.ask("GET", `/${Bucket}/x`)).headers.get("x-amz-request-id")).to.match(/^[0-9A-F]{16}$/);
  });

  for (const host of [`${Bucket}.localhost`, `${Bucket}.s3.localhost`, `${Bucket}.s3.eu-central-1.amazonaws.com`]) {
    it(`may name the bucket in the host, as in ${host}`, async () => {
      const { port } = new URL(s3.url);
      const headers = signHeaders({
        ...{ method: "GET", url: new URL(`http://${host}:${port}/x`), headers: {}, credentials: s3.account.admin },
        ...{ service: "s3", region: "eu-central-1", now: new Date(), payloadHash: "UNSIGNED-PAYLOAD" },
      });
      const answer = await new Promise<string>((resolve, reject) => {
        httpRequest({ host: "127.0.0.1", port, path: "/x", headers }, (response) =>
          text(response).then(resolve, reject),
        )
          .on("error", reject)
          .end();
      });
      expect(answer).to.equal("bytes");
    });
  }

  const refusals: [method: string, path: string, body: string, status: number, code: string][] = [
    ["GET", "/no-such-bucket/x", "", 404, "NoSuchBucket"],
    ["GET", `/${Bucket}/${"x".repeat(1025)}`, "", 400, "KeyTooLongError"],
    ["GET", `/${Bucket}/%ff`, "", 400, "InvalidURI"],
    ["POST", `/${Bucket}/x`, "", 405, "MethodNotAllowed"],
    ["PUT", `/${Bucket}?cors`, "<CORSConfiguration/>", 501, "NotImplemented"],
    ["PUT", `/${Bucket}?policy`, "{}", 501, "NotImplemented"],
    ["GET", `/${Bucket}?analytics`, "", 501, "NotImplemented"],
    ["GET", `/${Bucket}/x?torrent`, "", 501, "NotImplemented"],
    ["POST", `/${Bucket}/x?restore`, "", 501, "NotImplemented"],
    ["POST", `/${Bucket}/x?select&select-type=2`, "", 501, "NotImplemented"],
    ["DELETE", `/${Bucket}`, "", 501, "NotImplemented"],
    ["PUT", `/${Bucket}/x?tagging`, "not xml", 400, "MalformedXML"],
    ["PUT", `/${Bucket}/x?tagging`, "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>", 400, "MalformedXML"],
    ["PUT", `/${Bucket}/x?tagging`, '<!DOCTYPE a [<!ENTITY b "c">]><Tagging><TagSet/></Tagging>', 400, "MalformedXML"],
    ["POST", `/${Bucket}/x?uploadId=none`, "<CompleteMultipartUpload/>", 404, "NoSuchUpload"],
  ];
  for (const [method, path, body, status, code] of refusals) {
    it(`${method} ${path.slice(0, 40)}${body && ` with ${body.slice(0, 40)}`} are answered ${status} ${code}`, async () => {
      const answer = await s3.ask(method, path, { body });
      expect({ status: answer.status, code: answer.code }).to.deep.equal({ status, code });
    });
  }

  it("for what is not done here name it", async () => {
    expect((await s3.ask("GET", `/${Bucket}?analytics`)).text).to.include(
      "GET ?analytics of a bucket is not implemented",
    );
  });

  it("that DeleteObjects is asked in must prove their body", async () => {
    const body = "<Delete><Object><Key>x</Key></Object></Delete>";
    expect((await s3.ask("POST", `/${Bucket}?delete`, { body })).code).to.equal("InvalidRequest");
  });

  it("with a document of any size take no more memory than S3 allows", async () => {
    const body = `<Delete>${"<Object><Key>x</Key></Object>".repeat(200_000)}</Delete>`;
    const headers = { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" };
    expect((await s3.ask("POST", `/${Bucket}?delete`, { body, headers })).code).to.equal("EntityTooLarge");
  });

  it("must say how long the object is", async () => {
    const url = new URL(`/${Bucket}/endless`, s3.url);
    const headers = signHeaders({
      ...{ method: "PUT", url, headers: {}, credentials: s3.account.admin, service: "s3", region: "eu-central-1" },
      ...{ now: new Date(), payloadHash: "UNSIGNED-PAYLOAD" },
    });
    const answer = await new Promise<string>((resolve, reject) => {
      const chunked = { ...headers, "transfer-encoding": "chunked" };
      httpRequest(url, { method: "PUT", headers: chunked }, (response) => text(response).then(resolve, reject))
        .on("error", reject)
        .end("bytes");
    });
    expect(answer).to.include("<Code>MissingContentLength</Code>");
  });

  it("that announce more than 5 GiB are refused before a byte is sent", async () => {
    const url = new URL(`/${Bucket}/huge`, s3.url);
    const headers = signHeaders({
      ...{ method: "PUT", url, credentials: s3.account.admin, service: "s3", region: "eu-central-1", now: new Date() },
      ...{ headers: { "content-length": String(5 * 1024 ** 3 + 1) }, payloadHash: "UNSIGNED-PAYLOAD" },
    });
    const socket = connect(Number(url.port), url.hostname);
    const lines = Object.entries({ ...headers, expect: "100-continue" }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(`PUT ${url.pathname} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const first = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.destroy();
    expect(first.toString())
      .to.match(/^HTTP\/1.1 400 Bad Request/)
      .and.include("<Code>EntityTooLarge</Code>");
  });

  it("may make scratch buckets, which an administrator deletes when they are empty", async () => {
    const client = s3.client();
    const scratch = { Bucket: "scratch-1" };
    await client.send(new CreateBucketCommand(scratch));
    expect(await rejection(client.send(new CreateBucketCommand(scratch)))).to.include({
      name: "BucketAlreadyOwnedByYou",
    });
    const { Buckets = [] } = await client.send(new ListBucketsCommand());
    expect(Buckets.map(({ Name }) => Name)).to.deep.equal([Bucket, scratch.Bucket]);
    await s3.ask("PUT", `/${scratch.Bucket}/x`, { body: "x" });
    expect(await rejection(client.send(new DeleteBucketCommand(scratch)))).to.include({ name: "BucketNotEmpty" });
    await s3.ask("DELETE", `/${scratch.Bucket}/x`);
    await client.send(new DeleteBucketCommand(scratch));
  });

  for (const name of ["ab", "Upper", "under_score", "dot..dot", "192.168.0.1", "xn--x", "-dash", "x".repeat(64)]) {
    it(`make no bucket named ${name}`, async () => {
      expect((await s3.ask("PUT", `/${name}`)).code).to.equal("InvalidBucketName");
    });
  }

  const settings: [subresource: string, found: string][] = [
    ["versioning", "<Status>Enabled</Status>"],
    ["location", ">eu-central-1<"],
    ["encryption", "<SSEAlgorithm>AES256</SSEAlgorithm>"],
    ["publicAccessBlock", "<RestrictPublicBuckets>true</RestrictPublicBuckets>"],
    ["ownershipControls", "<ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>"],
    ["acl", "<Permission>FULL_CONTROL</Permission>"],
    ["requestPayment", "<Payer>BucketOwner</Payer>"],
    ["notification", "<NotificationConfiguration"],
    ["cors", "NoSuchCORSConfiguration"],
    ["lifecycle", "NoSuchLifecycleConfiguration"],
    ["policy", "NoSuchBucketPolicy"],
    ["tagging", "NoSuchTagSet"],
    ["website", "NoSuchWebsiteConfiguration"],
    ["replication", "ReplicationConfigurationNotFoundError"],
    ["object-lock", "ObjectLockConfigurationNotFoundError"],
  ];
  for (const [subresource, found] of settings) {
    it(`for a bucket's ${subresource} are answered by what the program declares`, async () => {
      expect((await s3.ask("GET", `/${Bucket}?${subresource}`)).text).to.include(found);
    });
  }
});
