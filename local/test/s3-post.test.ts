import { createHash, createHmac } from "node:crypto";
import { GetObjectCommand, GetObjectTaggingCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { formatAmzDate } from "../sigv4/amz-date.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "forms";
type Condition = Record<string, string> | readonly (string | number)[];

/** The fields of a browser's form, signed as the documentation of POST policies says. */
function signedFields(s3: TestS3, conditions: readonly Condition[], fields: Record<string, string>, seconds = 600) {
  const { accessKeyId, secretAccessKey } = s3.account.admin;
  const date = formatAmzDate(new Date());
  const day = date.slice(0, 8);
  const signing = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${accessKeyId}/${day}/eu-central-1/s3/aws4_request`,
    "x-amz-date": date,
  };
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(Date.now() + seconds * 1000).toISOString(),
      conditions: [
        { bucket: Bucket },
        ...Object.entries(signing).map(([name, value]) => ({ [name]: value })),
        ...conditions,
      ],
    }),
  ).toString("base64");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const key = [day, "eu-central-1", "s3", "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  return { ...fields, ...signing, policy, "x-amz-signature": hmac(key, policy).toString("hex") };
}

describe("Forms posted to the local S3", () => {
  let s3: TestS3;
  before(async () => {
    s3 = await startTestS3(recordedBucket(Bucket));
  });
  after(() => s3.close());

  const post = async (fields: Record<string, string>, file?: Blob, filename = "photo ü.jpg") => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    if (file) form.append("file", file, filename);
    const answer = await fetch(`${s3.url}/${Bucket}`, { method: "POST", body: form, redirect: "manual" });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
  };
  const photo = new Blob([Buffer.alloc(300_000, 7)], { type: "image/jpeg" });
  const under: Condition = ["starts-with", "$key", "uploads/"];

  it("put the file under the key that they name, with what they say of it", async () => {
    const fields = {
      key: `uploads/\${filename}`,
      "Content-Type": "image/jpeg",
      "x-amz-meta-album": "summer",
      tagging: "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>",
      success_action_status: "201",
    };
    const conditions: Condition[] = [
      under,
      ["starts-with", "$Content-Type", "image/"],
      { "x-amz-meta-album": "summer" },
      ["starts-with", "$tagging", ""],
      { success_action_status: "201" },
      ["content-length-range", 300_000, 300_000],
    ];
    const answer = await post(signedFields(s3, conditions, fields), photo);
    const Key = "uploads/photo ü.jpg";
    expect(answer.status).to.equal(201);
    expect(answer.text).to.include(`<Key>${Key}</Key>`).and.include(`<Bucket>${Bucket}</Bucket>`);
    expect(answer.headers.get("location")).to.equal(`${s3.url}/${Bucket}/uploads/photo%20%C3%BC.jpg`);
    const stored = await s3.client().send(new GetObjectCommand({ Bucket, Key }));
    expect(stored).to.deep.include({
      ContentType: "image/jpeg",
      ContentLength: 300_000,
      Metadata: { album: "summer" },
    });
    const sha = createHash("sha256").update((await stored.Body?.transformToByteArray()) ?? "");
    expect(sha.digest("hex")).to.equal(createHash("sha256").update(Buffer.alloc(300_000, 7)).digest("hex"));
    const { TagSet } = await s3.client().send(new GetObjectTaggingCommand({ Bucket, Key }));
    expect(TagSet).to.deep.equal([{ Key: "a", Value: "1" }]);
  });

  it("answer 204 unless they ask otherwise, and send the browser where they say", async () => {
    expect((await post(signedFields(s3, [under], { key: "uploads/plain" }), photo)).status).to.equal(204);
    const success_action_redirect = "https://app.example.com/done?from=form";
    const conditions: Condition[] = [under, { success_action_redirect }];
    const answer = await post(signedFields(s3, conditions, { key: "uploads/x", success_action_redirect }), photo);
    expect(answer.status).to.equal(303);
    const location = new URL(answer.headers.get("location") ?? "");
    expect(Object.fromEntries(location.searchParams)).to.include({ from: "form", bucket: Bucket, key: "uploads/x" });
  });

  const key = "uploads/refused";
  const refusals: [title: string, fields: () => Record<string, string>, status: number, code: string][] = [
    ["are not signed", () => ({ key }), 403, "AccessDenied"],
    [
      "have another signature",
      () => ({ ...signedFields(s3, [under], { key }), "x-amz-signature": "0".repeat(64) }),
      403,
      "SignatureDoesNotMatch",
    ],
    ["have run out", () => signedFields(s3, [under], { key }, -1), 403, "AccessDenied"],
    ["name a key that was not allowed", () => signedFields(s3, [under], { key: "elsewhere/x" }), 403, "AccessDenied"],
    [
      "hold a field that was not allowed",
      () => signedFields(s3, [under], { key, "x-amz-meta-a": "b" }),
      403,
      "AccessDenied",
    ],
    [
      "bring a file that is too large",
      () => signedFields(s3, [under, ["content-length-range", 1, 299_999]], { key }),
      400,
      "EntityTooLarge",
    ],
    [
      "bring a file that is too small",
      () => signedFields(s3, [under, ["content-length-range", 300_001, 400_000]], { key }),
      400,
      "EntityTooSmall",
    ],
    [
      "promise another checksum",
      () =>
        signedFields(s3, [under, ["starts-with", "$x-amz-checksum-crc32", ""]], {
          key,
          "x-amz-checksum-crc32": "AAAAAA==",
        }),
      400,
      "BadDigest",
    ],
    [
      "say more than 20 KB before the file",
      () => signedFields(s3, [under], { key, "x-ignore-a": "x".repeat(21_000) }),
      400,
      "MaxPostPreDataLengthExceededError",
    ],
  ];
  for (const [title, fields, status, code] of refusals) {
    it(`are refused with ${code} when they ${title}`, async () => {
      const answer = await post(fields(), photo);
      expect({ status: answer.status, code: answer.code }).to.deep.equal({ status, code });
      expect((await s3.ask("GET", `/${Bucket}/${key}`)).code).to.equal("NoSuchKey");
    });
  }

  it("are refused without a file, and when they are no forms", async () => {
    expect((await post(signedFields(s3, [under], { key }))).code).to.equal("InvalidArgument");
    const plain = await s3.ask("POST", `/${Bucket}`, { credentials: "anonymous", body: "key=x" });
    expect([plain.status, plain.code]).to.deep.equal([412, "PreconditionFailed"]);
    const broken = await s3.ask("POST", `/${Bucket}`, {
      credentials: "anonymous",
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: '--x\r\ncontent-disposition: form-data; name="key"\r\n\r\nuploads',
    });
    expect([broken.status, broken.code]).to.deep.equal([400, "MalformedPOSTRequest"]);
  });
});
