import {
  CloudFrontClient,
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListDistributionsCommand,
  ListInvalidationsCommand,
} from "@aws-sdk/client-cloudfront";
import { expect } from "chai";
import { cloudFrontApi } from "../edge/control.ts";
import { distributionArn, distributionDomain, startTestEdge, type TestEdge } from "./support/edge.ts";
import { recordingOf } from "./support/recorded.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";

const may = (Action: string[], Resource = distributionArn) => [{ Effect: "Allow", Action, Resource } as const];

describe("CloudFront's control plane", () => {
  let test: TestEdge;
  let services: TestAccount;
  const clients: CloudFrontClient[] = [];

  before(async () => {
    test = await startTestEdge({ distribution: { cacheTagConfig: { headerName: "x-amz-meta-cache-tag" } } });
    test.origin = (_, response) => response.writeHead(200, { "x-amz-meta-cache-tag": "photo-1" }).end("body");
    const recording = recordingOf(
      ...recordedRole("renditions", may(["cloudfront:CreateInvalidation"])),
      ...recordedRole("elsewhere", may(["cloudfront:*"], distributionArn.replace("E1TEST", "E2OTHER"))),
      ...recordedRole("nobody", []),
    );
    services = await startTestAccount(recording, async ({ authorize }) => [cloudFrontApi(test.edge, authorize)]);
  });
  after(async () => {
    for (const client of clients) client.destroy();
    await services.close();
    await test.close();
  });

  const client = (role?: string) => {
    const made = new CloudFrontClient(services.client(role === undefined ? undefined : roleArn(role)));
    clients.push(made);
    return made;
  };
  const invalidation = (Items: string[], CallerReference: string, DistributionId = "E1TEST") =>
    new CreateInvalidationCommand({
      DistributionId,
      InvalidationBatch: { CallerReference, Paths: { Items, Quantity: Items.length } },
    });
  const failure = (sending: Promise<unknown>) =>
    sending.then(
      () => "no error",
      (error: { name: string; $metadata: { httpStatusCode?: number } }) => [error.$metadata.httpStatusCode, error.name],
    );
  const seen = async () => (await test.ask("/media/1/640.webp")).headers["x-cache"];

  for (const item of ["/media/1/*", "#photo-1", "/media/1/640.webp"]) {
    it(`invalidates ${item} for a role that may`, async () => {
      await test.ask("/media/1/640.webp");
      expect(await seen()).to.equal("Hit from cloudfront");
      const { Invalidation, Location } = await client("renditions").send(invalidation([item], `for ${item}`));
      expect(Invalidation).to.deep.include({
        Status: "Completed",
        InvalidationBatch: { CallerReference: `for ${item}`, Paths: { Items: [item], Quantity: 1 } },
      });
      expect(Location).to.contain(`/distribution/E1TEST/invalidation/${Invalidation?.Id}`);
      expect(await seen()).to.equal("Miss from cloudfront");
    });
  }

  it("takes a repeated request for one", async () => {
    const once = await client().send(invalidation(["/a & b/*".replaceAll(" ", "%20")], "again"));
    const twice = await client().send(invalidation(["/a%20&%20b/*"], "again"));
    expect(twice.Invalidation?.Id).to.equal(once.Invalidation?.Id);
    expect(await failure(client().send(invalidation(["/other"], "again")))).to.deep.equal([
      400,
      "InvalidationBatchAlreadyExists",
    ]);
  });

  it("lists invalidations by pages, and finds each again", async () => {
    const made = await client().send(invalidation(["/x"], "listed"));
    const first = await client().send(new ListInvalidationsCommand({ DistributionId: "E1TEST", MaxItems: 1 }));
    expect(first.InvalidationList).to.deep.include({ IsTruncated: true, MaxItems: 1, Quantity: 1 });
    expect(first.InvalidationList?.Items?.[0]?.Id).to.equal(made.Invalidation?.Id);
    const Marker = first.InvalidationList?.NextMarker;
    const rest = await client().send(new ListInvalidationsCommand({ DistributionId: "E1TEST", Marker }));
    expect(rest.InvalidationList?.IsTruncated).to.equal(false);
    expect(rest.InvalidationList?.Items?.map(({ Id }) => Id)).to.not.include(made.Invalidation?.Id);
    const found = await client().send(
      new GetInvalidationCommand({ DistributionId: "E1TEST", Id: made.Invalidation?.Id }),
    );
    expect(found.Invalidation?.InvalidationBatch?.Paths?.Items).to.deep.equal(["/x"]);
  });

  it("tells of its distribution", async () => {
    const { Distribution } = await client().send(new GetDistributionCommand({ Id: "E1TEST" }));
    expect(Distribution).to.deep.include({
      Id: "E1TEST",
      ARN: distributionArn,
      Status: "Deployed",
      DomainName: distributionDomain,
    });
  });

  const refusals: [title: string, send: () => Promise<unknown>, status: number, code: string][] = [
    ["a role that may not", () => client("nobody").send(invalidation(["/*"], "n")), 403, "AccessDenied"],
    [
      "a role that may on another distribution only",
      () => client("elsewhere").send(invalidation(["/*"], "e")),
      403,
      "AccessDenied",
    ],
    [
      "a role that may invalidate and no more",
      () => client("renditions").send(new GetDistributionCommand({ Id: "E1TEST" })),
      403,
      "AccessDenied",
    ],
    [
      "a distribution that is not here",
      () => client().send(invalidation(["/*"], "d", "E2OTHER")),
      404,
      "NoSuchDistribution",
    ],
    [
      "an invalidation that is not here",
      () => client().send(new GetInvalidationCommand({ DistributionId: "E1TEST", Id: "I0" })),
      404,
      "NoSuchInvalidation",
    ],
    ["a path that is not encoded", () => client().send(invalidation(["/ä"], "p")), 400, "InvalidArgument"],
    ["a tag with a comma", () => client().send(invalidation(["#a,b"], "t")), 400, "InvalidArgument"],
    [
      "more paths than CloudFront takes",
      () =>
        client().send(
          invalidation(
            Array.from({ length: 3001 }, (_, i) => `/${i}`),
            "m",
          ),
        ),
      400,
      "InvalidArgument",
    ],
    ["an operation that is not emulated", () => client().send(new ListDistributionsCommand({})), 501, "NotImplemented"],
  ];
  for (const [title, send, status, code] of refusals) {
    it(`refuses ${title} with ${code}`, async () => {
      expect(await failure(send())).to.deep.equal([status, code]);
    });
  }

  const bodies: [title: string, xml: string, code: string][] = [
    ["no XML", "paths=/", "MalformedXML"],
    ["a document type", '<!DOCTYPE x [<!ENTITY e "/*">]><InvalidationBatch/>', "MalformedXML"],
    ["no paths", "<InvalidationBatch><CallerReference>r</CallerReference></InvalidationBatch>", "MalformedXML"],
    [
      "a wrong quantity",
      "<InvalidationBatch><Paths><Quantity>2</Quantity><Items><Path>/a</Path></Items></Paths><CallerReference>q</CallerReference></InvalidationBatch>",
      "InconsistentQuantities",
    ],
  ];
  for (const [title, xml, code] of bodies) {
    it(`refuses a batch of ${title} with ${code}`, async () => {
      const { principal } = services.account.admin;
      const api = cloudFrontApi(test.edge, services.context.authorize);
      const call = api.call({
        method: "POST",
        path: "/2020-05-31/distribution/E1TEST/invalidation",
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(xml),
        principal,
      });
      const error = await call.catch((thrown) => thrown);
      expect([error.status, error.code]).to.deep.equal([400, code]);
    });
  }
});
