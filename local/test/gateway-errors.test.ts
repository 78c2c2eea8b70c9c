import { once } from "node:events";
import { connect } from "node:net";
import { CloudFrontClient, ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { AwsError, jsonApi, queryApi } from "../gateway/protocols.ts";
import type { AwsApi, AwsCall } from "../service.ts";
import { sha256Hex } from "../sigv4/canonical.ts";
import { signHeaders } from "../sigv4/sign.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { type ClientConfig, startTestAccount, type TestAccount } from "./support/test-account.ts";

const jsonOperations = jsonApi({
  service: "dynamodb",
  targetPrefix: "DynamoDB_20120810",
  maxBodyBytes: 1000,
  operations: {
    DescribeTable: async () => {
      throw new AwsError("ResourceNotFoundException", 400, "No such <table>.", { Table: "photos" });
    },
    ListTables: async () => {
      throw new TypeError("a fault of ours");
    },
    Echo: async (input) => input,
  },
});
const queryOperations = queryApi({
  service: "sts",
  xmlns: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: {
    GetCallerIdentity: async (parameters) => ({
      Account: "<&>",
      Arn: parameters.get("Version") ?? "",
      UserId: undefined,
    }),
  },
});

type Config = ClientConfig & { readonly systemClockOffset?: number };

/** What each kind of stock client calls. */
const calls = {
  "the JSON protocol": (config: Config) =>
    new DynamoDBClient(config).send(new DescribeTableCommand({ TableName: "a" })),
  "an absent JSON API": (config: Config) =>
    new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: "a" })),
  "the Query protocol": (config: Config) => new STSClient(config).send(new GetCallerIdentityCommand()),
  "an absent Query API": (config: Config) =>
    new SNSClient(config).send(new PublishCommand({ Message: "a", TopicArn: "arn:aws:sns:eu-central-1:0:t" })),
  "an absent REST API": (config: Config) => new CloudFrontClient(config).send(new ListDistributionsCommand()),
};
const asIs = (config: Config) => config;
const byNobody = (config: Config) => ({
  ...config,
  credentials: { accessKeyId: "AKIANOBODYHASTHISKEY", secretAccessKey: "any" },
});
const forged = (config: Config) => ({ ...config, credentials: { ...config.credentials, secretAccessKey: "another" } });
const anHourLate = (config: Config) => ({ ...config, systemClockOffset: -3_600_000 });

const clientErrors: [
  client: keyof typeof calls,
  what: string,
  change: (config: Config) => Config,
  name: string,
  status: number,
  message: RegExp,
][] = [
  ["the JSON protocol", "an operation's error", asIs, "ResourceNotFoundException", 400, /^No such <table>\.$/],
  ["the JSON protocol", "a key that nobody has", byNobody, "UnrecognizedClientException", 400, /security token/],
  ["the JSON protocol", "a forged signature", forged, "InvalidSignatureException", 400, /does not match/],
  ["the JSON protocol", "a clock that is off", anHourLate, "InvalidSignatureException", 400, /too large/],
  ["the Query protocol", "a key that nobody has", byNobody, "InvalidClientTokenId", 403, /security token/],
  ["the Query protocol", "a forged signature", forged, "SignatureDoesNotMatch", 403, /does not match/],
  [
    "an absent JSON API",
    "the operation that nobody serves",
    asIs,
    "NotImplemented",
    501,
    /secretsmanager:GetSecretValue/,
  ],
  ["an absent Query API", "the operation that nobody serves", asIs, "NotImplemented", 501, /sns:Publish/],
  [
    "an absent REST API",
    "the operation that nobody serves",
    asIs,
    "NotImplemented",
    501,
    /cloudfront:GET \/2020-05-31\/distribution\./,
  ],
];

describe("the gateway", () => {
  const seen: AwsCall[] = [];
  const recorder: AwsApi = {
    service: "recorder",
    call: async (call) => ({ status: 200, headers: {}, body: String(seen.push(call)) }),
  };
  let cloud: TestAccount;
  before(async () => {
    cloud = await startTestAccount(recordingOf(), async () => [jsonOperations, queryOperations, recorder]);
  });
  after(() => cloud.close());

  for (const [client, what, change, name, status, message] of clientErrors) {
    it(`tells the stock client of ${client} of ${what} by ${name}`, async () => {
      const error = await rejection(calls[client](change(cloud.client())));
      expect(error).to.have.property("name", name);
      expect(error.message).to.match(message);
      expect(error).to.have.nested.property("$metadata.httpStatusCode", status);
    });
  }

  it("gives the stock client of the Query protocol what the operation answers", async () => {
    const answer = await new STSClient(cloud.client()).send(new GetCallerIdentityCommand());
    expect(answer).to.include({ Account: "<&>", Arn: "2011-06-15" });
    expect(answer.$metadata.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  /** A request that is signed by hand, so that it can be what no stock client sends. */
  function signedFetch(service: string, body: string | Uint8Array, headers: Record<string, string>, path = "/") {
    const { endpoint, region } = cloud.client();
    const url = new URL(path, endpoint);
    const method = "POST";
    const { host: _, ...signed } = signHeaders({
      ...{ method, url, headers, service, region, now: new Date() },
      credentials: cloud.account.admin,
      payloadHash: sha256Hex(Buffer.from(body)),
    });
    return { url, method, headers: signed, body };
  }
  const target = (operation: string) => ({ "x-amz-target": `DynamoDB_20120810.${operation}` });
  const form = { "content-type": "application/x-www-form-urlencoded" };

  const badRequests: [title: string, request: () => ReturnType<typeof signedFetch>, status: number, code: string][] = [
    ["a body that is not JSON", () => signedFetch("dynamodb", "{", target("Echo")), 400, "SerializationException"],
    ["no target", () => signedFetch("dynamodb", "{}", {}), 400, "UnknownOperationException"],
    [
      "another API's target",
      () => signedFetch("dynamodb", "{}", { "x-amz-target": "AmazonSQS.SendMessage" }),
      400,
      "UnknownOperationException",
    ],
    ["an unknown operation", () => signedFetch("dynamodb", "{}", target("CreateBackup")), 501, "NotImplemented"],
    [
      "an operation that every object has",
      () => signedFetch("dynamodb", "{}", target("constructor")),
      501,
      "NotImplemented",
    ],
    [
      "a body that is too long",
      () => signedFetch("dynamodb", Buffer.alloc(1001, " "), target("Echo")),
      413,
      "RequestEntityTooLargeException",
    ],
    ["a fault of its own", () => signedFetch("dynamodb", "{}", target("ListTables")), 500, "InternalServerError"],
    [
      "another body than was signed",
      () => ({ ...signedFetch("dynamodb", "{}", target("Echo")), body: '{"a":1}' }),
      400,
      "InvalidSignatureException",
    ],
    [
      "no signature",
      () => ({ ...signedFetch("dynamodb", "{}", {}), headers: target("Echo") }),
      400,
      "MissingAuthenticationTokenException",
    ],
    [
      "a bearer token",
      () => ({ ...signedFetch("dynamodb", "{}", {}), headers: { ...target("Echo"), authorization: "Bearer a.b.c" } }),
      400,
      "IncompleteSignatureException",
    ],
    ["a form without an action", () => signedFetch("sts", "Version=2011-06-15", form), 400, "MissingAction"],
    [
      "a form with an unknown action",
      () => signedFetch("sts", "Action=GetFederationToken", form),
      501,
      "NotImplemented",
    ],
    [
      "a form with an action that is markup",
      () => signedFetch("sts", "Action=%3Cscript%3E", form),
      501,
      "NotImplemented",
    ],
    [
      "a form without a signature",
      () => ({ ...signedFetch("sts", "", {}), headers: form }),
      403,
      "MissingAuthenticationToken",
    ],
  ];
  for (const [title, request, status, code] of badRequests) {
    it(`answers ${title} with ${status} ${code}`, async () => {
      const { url, ...init } = request();
      const response = await fetch(url, init);
      const text = await response.text();
      expect(response.status).to.equal(status);
      expect(text).to.match(new RegExp(`"__type":"${code}"|<Code>${code}</Code>`));
      expect(text).not.to.include("<script>");
      expect(response.headers.get("x-amzn-requestid")).to.match(/^[0-9a-f-]{36}$/);
    });
  }

  it("logs a fault of its own, and tells the caller none of it", async () => {
    const { url, ...init } = signedFetch("dynamodb", "{}", target("ListTables"));
    expect(await (await fetch(url, init)).text()).not.to.include("a fault of ours");
    expect(cloud.logged.join("\n")).to.match(/^gateway: TypeError: a fault of ours\n/m);
  });

  it("gives the JSON of an error its further members, and that of an answer the request's version", async () => {
    const failing = signedFetch("dynamodb", "{}", target("DescribeTable"));
    expect(await (await fetch(failing.url, failing)).json()).to.deep.equal({
      __type: "ResourceNotFoundException",
      message: "No such <table>.",
      Table: "photos",
    });
    const echoed = signedFetch("dynamodb", '{"a":[1]}', {
      ...target("Echo"),
      "content-type": "application/x-amz-json-1.1",
    });
    const response = await fetch(echoed.url, echoed);
    expect(response.headers.get("content-type")).to.equal("application/x-amz-json-1.1");
    expect(await response.json()).to.deep.equal({ a: [1] });
  });

  it("hands an API the verified call", async () => {
    const { url, ...init } = signedFetch("recorder", "body", {}, "/a%20b/c?x=1&y=%26");
    await fetch(url, init);
    const call = seen.at(-1);
    expect(call).to.include({ method: "POST", path: "/a%20b/c", principal: cloud.account.admin.principal });
    expect([...(call?.query ?? [])]).to.deep.equal([
      ["x", "1"],
      ["y", "&"],
    ]);
    expect(call?.body.toString()).to.equal("body");
  });

  it("outlives a client that hangs up while it sends", async () => {
    const { url, method, headers } = signedFetch("recorder", "body", {});
    const socket = connect(Number(url.port), url.hostname);
    const lines = Object.entries({ ...headers, host: url.host, "content-length": "4" }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`${method} / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\nbo`);
    socket.end();
    socket.resume();
    await once(socket, "close");
    const { url: next, ...init } = signedFetch("recorder", "body", {});
    expect((await fetch(next, init)).status).to.equal(200);
  });
});
