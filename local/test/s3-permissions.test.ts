import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketCorsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { rejection } from "./support/rejection.ts";
import { recordedRole, roleArn } from "./support/test-account.ts";
import { recordedBucket, startTestS3, type TestS3 } from "./support/test-s3.ts";

const Bucket = "guarded";
const Key = "photo";
const target = { Bucket, Key };

/** What an operation must be allowed, all of it. */
interface Case {
  readonly name: string;
  readonly actions: readonly string[];
  /** `made` holds what an administrator prepared for this one call. */
  readonly run: (client: S3Client, made: Made) => Promise<unknown>;
}

interface Made {
  readonly VersionId: string | undefined;
  readonly upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined };
  readonly ETag: string | undefined;
  readonly scratch: string;
}

const cases: Case[] = [
  { name: "ListBuckets", actions: ["s3:ListAllMyBuckets"], run: (s3) => s3.send(new ListBucketsCommand()) },
  {
    name: "CreateBucket",
    actions: ["s3:CreateBucket"],
    run: (s3) => s3.send(new CreateBucketCommand({ Bucket: `new-${Math.random().toString(36).slice(2)}` })),
  },
  {
    name: "DeleteBucket",
    actions: ["s3:DeleteBucket"],
    run: (s3, { scratch }) => s3.send(new DeleteBucketCommand({ Bucket: scratch })),
  },
  { name: "HeadBucket", actions: ["s3:ListBucket"], run: (s3) => s3.send(new HeadBucketCommand({ Bucket })) },
  { name: "ListObjectsV2", actions: ["s3:ListBucket"], run: (s3) => s3.send(new ListObjectsV2Command({ Bucket })) },
  {
    name: "ListObjectVersions",
    actions: ["s3:ListBucketVersions"],
    run: (s3) => s3.send(new ListObjectVersionsCommand({ Bucket })),
  },
  {
    name: "ListMultipartUploads",
    actions: ["s3:ListBucketMultipartUploads"],
    run: (s3) => s3.send(new ListMultipartUploadsCommand({ Bucket })),
  },
  {
    name: "GetBucketLocation",
    actions: ["s3:GetBucketLocation"],
    run: (s3) => s3.send(new GetBucketLocationCommand({ Bucket })),
  },
  {
    name: "GetBucketVersioning",
    actions: ["s3:GetBucketVersioning"],
    run: (s3) => s3.send(new GetBucketVersioningCommand({ Bucket })),
  },
  { name: "GetBucketCors", actions: ["s3:GetBucketCORS"], run: (s3) => s3.send(new GetBucketCorsCommand({ Bucket })) },
  {
    name: "GetBucketPolicy",
    actions: ["s3:GetBucketPolicy"],
    run: (s3) => s3.send(new GetBucketPolicyCommand({ Bucket })),
  },
  {
    name: "PutObject",
    actions: ["s3:PutObject"],
    run: (s3) => s3.send(new PutObjectCommand({ ...target, Body: "x" })),
  },
  {
    name: "PutObject with tags",
    actions: ["s3:PutObject", "s3:PutObjectTagging"],
    run: (s3) => s3.send(new PutObjectCommand({ ...target, Body: "x", Tagging: "a=1" })),
  },
  { name: "HeadObject", actions: ["s3:GetObject"], run: (s3) => s3.send(new HeadObjectCommand(target)) },
  {
    name: "GetObject",
    actions: ["s3:GetObject"],
    run: async (s3) => (await s3.send(new GetObjectCommand(target))).Body?.transformToString(),
  },
  {
    name: "GetObject of a version",
    actions: ["s3:GetObjectVersion"],
    run: async (s3, { VersionId }) =>
      (await s3.send(new GetObjectCommand({ ...target, VersionId }))).Body?.transformToString(),
  },
  {
    name: "GetObjectAttributes",
    actions: ["s3:GetObjectAttributes", "s3:GetObject"],
    run: (s3) => s3.send(new GetObjectAttributesCommand({ ...target, ObjectAttributes: ["ETag"] })),
  },
  {
    name: "GetObjectTagging",
    actions: ["s3:GetObjectTagging"],
    run: (s3) => s3.send(new GetObjectTaggingCommand(target)),
  },
  {
    name: "PutObjectTagging",
    actions: ["s3:PutObjectTagging"],
    run: (s3) => s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [] } })),
  },
  {
    name: "DeleteObjectTagging",
    actions: ["s3:DeleteObjectTagging"],
    run: (s3) => s3.send(new DeleteObjectTaggingCommand(target)),
  },
  { name: "DeleteObject", actions: ["s3:DeleteObject"], run: (s3) => s3.send(new DeleteObjectCommand(target)) },
  {
    name: "DeleteObject of a version",
    actions: ["s3:DeleteObjectVersion"],
    run: (s3, { VersionId }) => s3.send(new DeleteObjectCommand({ ...target, VersionId })),
  },
  {
    name: "CopyObject",
    actions: ["s3:GetObject", "s3:PutObject"],
    run: (s3) => s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` })),
  },
  {
    name: "CopyObject with tags",
    actions: ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"],
    run: (s3) => s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/tagged` })),
  },
  {
    name: "CreateMultipartUpload",
    actions: ["s3:PutObject"],
    run: (s3) => s3.send(new CreateMultipartUploadCommand(target)),
  },
  {
    name: "UploadPart",
    actions: ["s3:PutObject"],
    run: (s3, { upload }) => s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x" })),
  },
  {
    name: "UploadPartCopy",
    actions: ["s3:PutObject", "s3:GetObject"],
    run: (s3, { upload }) =>
      s3.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: `${Bucket}/${Key}` })),
  },
  {
    name: "ListParts",
    actions: ["s3:ListMultipartUploadParts"],
    run: (s3, { upload }) => s3.send(new ListPartsCommand(upload)),
  },
  {
    name: "CompleteMultipartUpload",
    actions: ["s3:PutObject"],
    run: (s3, { upload, ETag }) =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } })),
  },
  {
    name: "AbortMultipartUpload",
    actions: ["s3:AbortMultipartUpload"],
    run: (s3, { upload }) => s3.send(new AbortMultipartUploadCommand(upload)),
  },
];

/** A role's name for what it may do, or for the one thing it may not. */
const nameOf = (what: string, actions: readonly string[]) =>
  `${what}-${actions.map((action) => action.slice("s3:".length)).join("-")}`;

describe("Permissions in the local S3", () => {
  let s3: TestS3;
  const allActions = [...new Set(cases.flatMap(({ actions }) => actions))];
  const only = [...new Map(cases.map(({ actions }) => [nameOf("only", actions), actions]))];

  before(async () => {
    s3 = await startTestS3([
      ...recordedBucket(Bucket, {
        versioning: "Enabled",
        cors: [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }],
        policy: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `arn:aws:s3:::${Bucket}/never` }],
      }),
      ...only.flatMap(([name, Action]) => recordedRole(name, [{ Effect: "Allow", Action, Resource: "*" }])),
      ...allActions.flatMap((action) =>
        recordedRole(nameOf("without", [action]), [{ Effect: "Allow", NotAction: action, Resource: "*" }]),
      ),
    ]);
    const admin = s3.client();
    await admin.send(new PutObjectCommand({ Bucket, Key: "tagged", Body: "x", Tagging: "a=1" }));
  });
  after(() => s3.close());

  const as = (role: string) => s3.client(s3.account.sessionFor(roleArn(role)));
  const prepare = async (): Promise<Made> => {
    const admin = s3.client();
    const { VersionId } = await admin.send(new PutObjectCommand({ ...target, Body: "x" }));
    const { UploadId } = await admin.send(new CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId };
    const { ETag } = await admin.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x" }));
    const scratch = `scratch-${Math.random().toString(36).slice(2)}`;
    await admin.send(new CreateBucketCommand({ Bucket: scratch }));
    return { VersionId, upload, ETag, scratch };
  };

  for (const { name, actions, run } of cases) {
    it(`${name} takes ${actions.join(" and ")}, and nothing else`, async () => {
      await run(as(nameOf("only", actions)), await prepare());
    });
    for (const action of actions) {
      it(`${name} is refused without ${action}`, async () => {
        const error = await rejection(run(as(nameOf("without", [action])), await prepare()));
        expect(error).to.have.nested.property("$metadata.httpStatusCode", 403);
      });
    }
  }

  it("are asked for each key of DeleteObjects", async () => {
    await prepare();
    const { Deleted, Errors } = await as("without-DeleteObject").send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }, { Key, VersionId: "any" }] } }),
    );
    expect(Deleted).to.deep.equal([{ Key, VersionId: "any" }]);
    expect(Errors?.map(({ Code }) => Code)).to.deep.equal(["AccessDenied"]);
  });

  it("let an absent key look forbidden to whoever may not list", async () => {
    const absent = { Bucket, Key: "absent" };
    const blind = await rejection(as("only-GetObject").send(new GetObjectCommand(absent)));
    const seeing = await rejection(as("without-PutObject").send(new GetObjectCommand(absent)));
    expect([blind.name, seeing.name]).to.deep.equal(["AccessDenied", "NoSuchKey"]);
    const blindHead = await rejection(as("only-GetObject").send(new HeadObjectCommand(absent)));
    expect(blindHead).to.have.nested.property("$metadata.httpStatusCode", 403);
  });

  it("are written with their reason to the log, and to nobody else", async () => {
    const answer = await s3.ask("GET", `/${Bucket}/${Key}`, {
      credentials: s3.account.sessionFor(roleArn("without-GetObject")),
    });
    expect(answer.text).to.include("<Message>Access Denied</Message>");
    expect(s3.logged.join("\n")).to.include(`s3:GetObject on arn:aws:s3:::${Bucket}/${Key}`);
  });
});
