import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type RecordedResource, startRecording } from "../program/recording.ts";
import { ProgramError, type RunOptions, runProgram } from "../program/run.ts";
import { runProgramApart } from "../program/run-apart.ts";
import { readStackFile, type StackFile } from "../program/stack-file.ts";

const stackFile: StackFile = { project: "shop", stack: "test", region: "eu-west-1", config: { "shop:colour": "red" } };
const invoke: RunOptions["invoke"] = async (declared, payload) => `{"ran":"${declared.name} with ${payload}"}`;

type Program = NonNullable<RunOptions["program"]>;

const run = (program: Program, options: Partial<RunOptions> = {}) =>
  runProgram({ stackFile, invoke, program, ...options });

async function failureOf(program: Program, options: Partial<RunOptions> = {}): Promise<string> {
  try {
    await run(program, options);
  } catch (error) {
    if (error instanceof ProgramError) return error.message;
    throw error;
  }
  throw new Error("the program did not fail");
}

describe("A run of a program", () => {
  it("records resources with what the provider computed, components with their outputs, and the stack's outputs", async () => {
    class Shop extends pulumi.ComponentResource {
      readonly bucketName: pulumi.Output<string>;
      constructor(name: string) {
        super("shop:index:Shop", name);
        const bucket = new aws.s3.Bucket(`${name}-goods`, {}, { parent: this, protect: true });
        this.bucketName = bucket.id;
        this.registerOutputs({ bucketName: this.bucketName });
      }
    }
    const recording = await run(async () => ({ bucketName: new Shop("corner").bucketName }));
    const [component, bucket] = recording.resources;
    expect(recording.resources).to.have.lengthOf(2);
    expect(component).to.deep.include({ type: "shop:index:Shop", name: "corner", custom: false, id: "" });
    expect(component?.outputs).to.deep.equal({ bucketName: bucket?.id });
    expect(bucket).to.deep.include({
      urn: "urn:pulumi:test::shop::shop:index:Shop$aws:s3/bucket:Bucket::corner-goods",
      parent: component?.urn,
      protect: true,
    });
    expect(bucket?.id).to.match(/^corner-goods-[0-9a-f]{7}$/);
    expect(bucket?.outputs).to.deep.include({
      arn: `arn:aws:s3:::${bucket?.id}`,
      bucketRegionalDomainName: `${bucket?.id}.s3.eu-west-1.amazonaws.com`,
    });
    expect(recording.outputs).to.deep.equal({ bucketName: bucket?.id });
  });

  it("computes the same names again, and others for another stack", async () => {
    const program: Program = async () => ({ url: new aws.sqs.Queue("work").url });
    const first = await run(program);
    expect((await run(program)).outputs).to.deep.equal(first.outputs);
    const elsewhere = await run(program, { stackFile: { ...stackFile, stack: "other" } });
    expect(elsewhere.outputs.url).not.to.equal(first.outputs.url);
  });

  it("takes its turn among others, each with its own configuration", async () => {
    const program: Program = async () => ({ stack: pulumi.getStack(), colour: new pulumi.Config().get("colour") });
    const stacks = ["red", "green", "blue"].map((colour) => ({
      ...stackFile,
      stack: `of-${colour}`,
      config: { "shop:colour": colour },
    }));
    const runs = await Promise.all(stacks.map((each) => run(program, { stackFile: each })));
    expect(runs.map(({ outputs }) => outputs)).to.deep.equal([
      { stack: "of-red", colour: "red" },
      { stack: "of-green", colour: "green" },
      { stack: "of-blue", colour: "blue" },
    ]);
  });

  it("keeps secrets and archives as the plain values that services read", async () => {
    const recording = await run(async () => {
      new aws.lambda.Function("hello", {
        role: pulumi.secret("arn:aws:iam::000000000000:role/hello"),
        code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = 1") }),
        layers: ["layer"],
      });
      new aws.lambda.LayerVersion("tools", { layerName: "tools", code: new pulumi.asset.FileArchive("./nowhere") });
      return {};
    });
    const inputsOf = (name: string) => recording.resources.find((each) => each.name === name)?.inputs;
    expect(inputsOf("hello")).to.deep.equal({
      role: "arn:aws:iam::000000000000:role/hello",
      code: { assets: { "index.js": { text: "exports.handler = 1" } } },
      layers: ["layer"],
    });
    expect(inputsOf("tools")?.code).to.deep.equal({ path: "./nowhere" });
  });

  const callHello = () => {
    const hello = new aws.lambda.Function("hello", { role: "arn:aws:iam::000000000000:role/hello" });
    return new aws.lambda.Invocation("call", { functionName: hello.name, input: "{}" });
  };

  it("runs a declared function where the program invokes it, with what is recorded so far in sight", async () => {
    const recording = startRecording(stackFile);
    const seen: string[] = [];
    await run(async () => ({ result: callHello().result }), {
      recording,
      invoke: async (declared, payload) => {
        seen.push(...recording.resources.map(({ name }) => name));
        return invoke(declared, payload);
      },
    });
    expect(seen).to.deep.equal(["hello"]);
    expect(recording.outputs).to.deep.equal({ result: '{"ran":"hello with {}"}' });
  });

  const failures: [title: string, program: Program, message: string][] = [
    [
      "names the resource of a type that nothing here can stand in for",
      async () => ({ id: new aws.ec2.Vpc("net", {}).id }),
      'aws:ec2/vpc:Vpc "net" is of a type that the local provider does not know',
    ],
    [
      "names the resource that lacks what the provider needs",
      async () => ({
        id: new aws.s3.BucketVersioning("v", { bucket: "", versioningConfiguration: { status: "Enabled" } }).id,
      }),
      'aws:s3/bucketVersioning:BucketVersioning "v": bucket must be a string',
    ],
    [
      "names the resource that is declared twice",
      async () => ({ ids: [new aws.sqs.Queue("work").id, new aws.sqs.Queue("work").id] }),
      'aws:sqs/queue:Queue "work" is declared twice under one parent; give one another name',
    ],
    [
      "names the resource that would have to exist already",
      async () => ({ arn: aws.s3.Bucket.get("old", "some-bucket").arn }),
      'aws:s3/bucket:Bucket "old": it exists already in AWS, and the local cloud has nothing but what the program declares',
    ],
    [
      "names the invocation of a function that is not declared",
      async () => ({ result: new aws.lambda.Invocation("call", { functionName: "nobody", input: "{}" }).result }),
      'aws:lambda/invocation:Invocation "call": there is no function nobody',
    ],
    [
      "names the data source that it does not know",
      async () => ({ zones: aws.getAvailabilityZonesOutput().names }),
      "aws:index/getAvailabilityZones:getAvailabilityZones is a data source that the local provider does not know",
    ],
    [
      "passes on what the program itself throws",
      async () => {
        throw new Error("no colour is set");
      },
      "no colour is set",
    ],
    [
      "passes on what goes wrong on the way from one resource to the next",
      async () => {
        const queue = new aws.sqs.Queue("work");
        const damaged = queue.arn.apply((): string => {
          throw new Error("that is no ARN");
        });
        new aws.sqs.QueuePolicy("policy", { queueUrl: queue.url, policy: damaged });
        return {};
      },
      'error serializing property "policy": that is no ARN',
    ],
  ];
  for (const [title, program, message] of failures) {
    it(title, async () => {
      expect(await failureOf(program)).to.equal(`The infra program failed for stack test:\n  ${message}`);
    });
  }

  it("names the resource whose function fails", async () => {
    const broken = async () => {
      throw new Error("the function has no luck");
    };
    expect(await failureOf(async () => ({ result: callHello().result }), { invoke: broken })).to.equal(
      'The infra program failed for stack test:\n  aws:lambda/invocation:Invocation "call": the function has no luck',
    );
  });

  it("says what it waits for when it does not come to an end", async () => {
    const silent = () => new Promise<string>(() => {});
    const program = async () => ({ result: callHello().result });
    expect(await failureOf(program, { invoke: silent, timeoutMilliseconds: 200 })).to.equal(
      'The infra program failed for stack test:\n  it did not come to an end within 0.2 s; still under way: aws:lambda/invocation:Invocation "call"',
    );
  });

  it("leaves the next run alone after a failure", async () => {
    await failureOf(async () => ({ id: new aws.ec2.Vpc("net", {}).id }));
    expect((await run(async () => ({ fine: true }))).outputs).to.deep.equal({ fine: true });
  });
});

describe("A run in a process of its own", () => {
  const root = new URL("../..", import.meta.url).pathname;
  const publicKeyPem = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
  /** What the functions that make secrets answer. */
  const make = async () => JSON.stringify({ publicKeyPem, value: "what the edge proves itself by" });

  it("records what a run in this process does", async () => {
    const dev = await readStackFile(root, "dev");
    const [here, apart] = [
      await runProgram({ stackFile: dev, invoke: make }),
      await runProgramApart({ stackFile: dev, invoke: make }),
    ];
    const byUrn = (resources: readonly RecordedResource[]) => new Map(resources.map((each) => [each.urn, each]));
    expect(byUrn(apart.resources)).to.deep.equal(byUrn(here.resources));
    expect(apart.outputs).to.deep.equal(here.outputs);
  });

  it("records what an edit leaves", async () => {
    const { resources } = await runProgramApart({
      stackFile: await readStackFile(root, "dev"),
      invoke: make,
      edit: (resource) => (resource.type === "aws:wafv2/webAcl:WebAcl" ? undefined : { ...resource, protect: true }),
    });
    expect(resources.filter(({ type }) => type === "aws:wafv2/webAcl:WebAcl")).to.deep.equal([]);
    expect(new Set(resources.map(({ protect }) => protect))).to.deep.equal(new Set([true]));
  });

  it("fails with the words of the program, or of the function that it ran", async () => {
    const dev = await readStackFile(root, "dev");
    const messageOf = async (options: Parameters<typeof runProgramApart>[0]) => {
      return runProgramApart(options).then(
        () => undefined,
        (error: Error) => error.message,
      );
    };
    const wrong = { ...dev, config: { ...dev.config, "latchkey:mfa": "sometimes" } };
    expect(await messageOf({ stackFile: wrong, invoke: make })).to.include('latchkey:mfa is "sometimes"; set it to');
    const invoke = async () => Promise.reject(new Error("the function has no luck"));
    expect(await messageOf({ stackFile: dev, invoke })).to.match(
      /^The infra program failed for stack dev:\n {2}aws:lambda\/invocation:Invocation "latchkey-signer-a-made": the function has no luck$/m,
    );
  });
});
