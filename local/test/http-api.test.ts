import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseEvent } from "../../api/http-api/event.ts";
import { type Issuer, startIssuer } from "../../api/test/adapters/support/issuer.ts";
import { type HttpApi, startHttpApi } from "../http-api/http-api.ts";
import { pathParameters, selectRoute } from "../http-api/select-route.ts";
import { createAccount } from "../iam/account.ts";
import type { RecordedResource } from "../program/recording.ts";
import { recorded, recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { functionArn, recordedFunction } from "./support/test-function.ts";

const invokeArn = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${functionArn("api")}/invocations`;
const executionArn = "arn:aws:execute-api:eu-central-1:000000000000:r3pmxmplak";
const now = new Date("2026-06-01T12:00:00.000Z");

function route(key: string, inputs: object = { authorizationType: "NONE" }): RecordedResource {
  const facts = { apiId: "r3pmxmplak", routeKey: key, target: "integrations/i1" };
  return recorded("aws:apigatewayv2/route:Route", key, { ...facts, ...inputs });
}

const permission = recorded("aws:lambda/permission:Permission", "permission", {
  action: "lambda:InvokeFunction",
  function: "api",
  principal: "apigateway.amazonaws.com",
  sourceArn: `${executionArn}/*/*`,
  sourceAccount: "000000000000",
});

describe("the HTTP API", () => {
  let issuer: Issuer;
  let dataDir: string;
  let api: HttpApi | undefined;
  let logged: string[];
  /** What the function was called with, in order. */
  let events: unknown[];
  let answer: () => Promise<unknown>;

  before(async () => {
    issuer = await startIssuer();
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
  });
  after(async () => {
    await issuer.close();
    await rm(dataDir, { recursive: true });
  });
  beforeEach(() => {
    [logged, events] = [[], []];
    answer = async () => ({ statusCode: 200, body: "{}" });
  });
  afterEach(async () => {
    await api?.close();
    api = undefined;
  });

  async function start(...replaced: RecordedResource[]): Promise<string> {
    const lambda = recordedFunction("api", "");
    const resources = [
      { ...lambda, outputs: { ...lambda.outputs, invokeArn } },
      recorded(
        "aws:apigatewayv2/api:Api",
        "api",
        { protocolType: "HTTP" },
        { id: "r3pmxmplak", apiEndpoint: "https://r3pmxmplak.execute-api.eu-central-1.amazonaws.com", executionArn },
      ),
      recorded(
        "aws:apigatewayv2/integration:Integration",
        "integration",
        {
          apiId: "r3pmxmplak",
          integrationType: "AWS_PROXY",
          integrationUri: invokeArn,
          payloadFormatVersion: "2.0",
        },
        { id: "i1" },
      ),
      recorded("aws:apigatewayv2/stage:Stage", "stage", { apiId: "r3pmxmplak", name: "$default", autoDeploy: true }),
      recorded(
        "aws:apigatewayv2/authorizer:Authorizer",
        "authorizer",
        {
          apiId: "r3pmxmplak",
          authorizerType: "JWT",
          identitySources: ["$request.header.Authorization"],
          jwtConfiguration: { issuer: issuer.url, audiences: ["client"] },
        },
        { id: "a1" },
      ),
      route("$default"),
      route("ANY /v1/{proxy+}", { authorizationType: "JWT", authorizerId: "a1" }),
      permission,
    ];
    const names = new Set(replaced.map(({ urn }) => urn));
    const recording = recordingOf(...resources.filter(({ urn }) => !names.has(urn)), ...replaced);
    const { authorize, credentials } = createAccount({ recording, dataDir, now: () => now });
    api = await startHttpApi(
      {
        recording,
        dataDir,
        authorize,
        credentials,
        now: () => now,
        log: (line) => logged.push(line),
        translate: (value) => value,
        run: async (_resource, payload) => {
          events.push(JSON.parse(payload));
          return JSON.stringify(await answer());
        },
      },
      { port: 0, host: "127.0.0.1" },
    );
    return api.url;
  }

  it("calls the function with an event of payload format 2.0", async () => {
    const url = await start();
    const sent = await fetch(`${url}/p/Sj%C3%B6%3F/640?limit=2&size=320&size=640&cursor=a%2Cb`, {
      headers: { cookie: "a=1; b=2", "x-forwarded-for": "203.0.113.64", "user-agent": "curl/8" },
    });
    expect(sent.status).to.equal(200);
    const [event] = events;
    expect(parseEvent(event)).to.deep.include({
      version: "2.0",
      rawPath: "/p/Sjö?/640",
      rawQueryString: "limit=2&size=320&size=640&cursor=a%2Cb",
      cookies: ["a=1", "b=2"],
      isBase64Encoded: false,
    });
    expect(event).to.deep.include({
      routeKey: "$default",
      queryStringParameters: { limit: "2", size: "320,640", cursor: "a,b" },
    });
    expect(event).to.have.nested.property("headers.x-forwarded-for", "203.0.113.64, 127.0.0.1");
    expect(event).not.to.have.nested.property("headers.cookie");
    expect(event).to.deep.nested.include({
      "requestContext.http": {
        method: "GET",
        path: "/p/Sjö?/640",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "curl/8",
      },
      "requestContext.apiId": "r3pmxmplak",
      "requestContext.domainPrefix": "r3pmxmplak",
      "requestContext.stage": "$default",
      "requestContext.time": "01/Jun/2026:12:00:00 +0000",
      "requestContext.timeEpoch": now.getTime(),
    });
  });

  for (const [type, isBase64Encoded] of [
    ["application/json", false],
    ["application/problem+json; charset=utf-8", false],
    ["text/plain", false],
    ["application/octet-stream", true],
    ["image/webp", true],
  ] as const) {
    it(`hands on a body of ${type} ${isBase64Encoded ? "in base64" : "as it is"}`, async () => {
      const url = await start();
      await fetch(`${url}/`, { method: "POST", headers: { "content-type": type }, body: "Sjö" });
      const { body = "", isBase64Encoded: encoded } = parseEvent(events[0]);
      expect(encoded).to.equal(isBase64Encoded);
      expect(Buffer.from(body, encoded ? "base64" : "utf8").toString()).to.equal("Sjö");
    });
  }

  it("answers as the function says, with cookies apart and bytes as they were", async () => {
    answer = async () => ({
      statusCode: 201,
      headers: { "Content-Type": "image/webp", "x-count": 2 },
      cookies: ["a=1", "b=2"],
      body: Buffer.from([0, 255]).toString("base64"),
      isBase64Encoded: true,
    });
    const said = await fetch(await start());
    expect(said.status).to.equal(201);
    expect(said.headers.getSetCookie()).to.deep.equal(["a=1", "b=2"]);
    expect(said.headers.get("content-type")).to.equal("image/webp");
    expect(said.headers.get("x-count")).to.equal("2");
    expect(said.headers.get("apigw-requestid")).to.match(/=$/);
    expect(Buffer.from(await said.arrayBuffer())).to.deep.equal(Buffer.from([0, 255]));
  });

  const failures: [what: string, fails: () => Promise<unknown>][] = [
    ["fails", () => Promise.reject(new Error("the function api failed"))],
    ["answers no status", async () => ({ hello: "world" })],
  ];
  for (const [what, fails] of failures) {
    it(`answers 500 where the function ${what}, and the log knows why`, async () => {
      answer = fails;
      const said = await fetch(await start());
      expect(said.status).to.equal(500);
      expect(await said.json()).to.deep.equal({ message: "Internal Server Error" });
      expect(logged.join()).to.match(/function/);
    });
  }

  const permissions: [what: string, inputs: object][] = [
    ["another API", { sourceArn: `${executionArn.replace("r3pm", "xxxx")}/*/*` }],
    ["another account's", { sourceAccount: "111111111111" }],
    ["another service", { principal: "events.amazonaws.com" }],
    ["another function", { function: "other" }],
  ];
  for (const [what, inputs] of permissions) {
    it(`does not call the function by a permission of ${what}`, async () => {
      const url = await start({ ...permission, inputs: { ...permission.inputs, ...inputs } });
      expect((await fetch(url)).status).to.equal(500);
      expect(events).to.deep.equal([]);
      expect(logged.join()).to.match(/API Gateway may not call/);
    });
  }

  const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
  const sign: Issuer["sign"] = (claims, header) => issuer.sign({ iss: issuer.url, exp: inAnHour(), ...claims }, header);
  const tokens: [what: string, authorization: () => Promise<string | undefined>, status: number][] = [
    ["none", async () => undefined, 401],
    ["one that is no token", async () => "Bearer e30", 401],
    ["an access token", () => sign({ client_id: "client" }), 200],
    ["an ID token", () => sign({ aud: "client" }), 200],
    ["one for another client", () => sign({ client_id: "other" }), 401],
    ["one for another audience, whoever's client", () => sign({ aud: "x", client_id: "client" }), 401],
    ["one that has expired", () => sign({ client_id: "client", exp: inAnHour() - 7200 }), 401],
    ["one of another issuer", () => sign({ client_id: "client", iss: "https://x.example" }), 401],
    ["one signed by ECDSA", () => sign({ client_id: "client" }, { alg: "ES256" }), 401],
  ];
  for (const [what, tokenOf, status] of tokens) {
    it(`${status === 200 ? "lets pass" : "stops"} a caller with ${what}`, async () => {
      const url = await start();
      const token = await tokenOf();
      const said = await fetch(`${url}/v1/photos`, token === undefined ? {} : { headers: { authorization: token } });
      expect(said.status).to.equal(status);
      if (status === 200) return expect(events[0]).to.have.nested.property("requestContext.authorizer.jwt.claims");
      expect(await said.json()).to.deep.equal({ message: "Unauthorized" });
      expect(said.headers.get("www-authenticate")).to.match(/^Bearer/);
      expect(events).to.deep.equal([]);
    });
  }

  const unsupported: [what: string, resource: RecordedResource, fault: RegExp][] = [
    ["an unknown authorizer", route("GET /x", { authorizationType: "JWT", authorizerId: "a2" }), /no authorizer a2/],
    ["an unknown integration", route("GET /x", { authorizationType: "NONE", target: "integrations/i2" }), /i2/],
    ["another kind of authorization", route("GET /x", { authorizationType: "AWS_IAM" }), /AWS_IAM/],
    [
      "CORS of its own",
      recorded("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP", corsConfiguration: {} }),
      /corsConfiguration is not supported/,
    ],
  ];
  for (const [what, resource, fault] of unsupported) {
    it(`does not start with ${what}`, async () => {
      expect((await rejection(start(resource))).message).to.match(fault);
    });
  }
});

describe("the routes of an HTTP API", () => {
  const routes = [
    "$default",
    "ANY /v1/{proxy+}",
    "OPTIONS /v1/{proxy+}",
    "GET /v1/links/{link}",
    "ANY /v1/links/{link}",
  ].map((key) => ({ key }));
  const cases: [method: string, path: string, key: string][] = [
    ["GET", "/v1/photos", "ANY /v1/{proxy+}"],
    ["GET", "/v1/photos/1/urls", "ANY /v1/{proxy+}"],
    ["OPTIONS", "/v1/photos", "OPTIONS /v1/{proxy+}"],
    ["GET", "/v1/links/abc", "GET /v1/links/{link}"],
    ["DELETE", "/v1/links/abc", "ANY /v1/links/{link}"],
    ["GET", "/v1/links/abc/def", "ANY /v1/{proxy+}"],
    ["GET", "/v1/links/", "ANY /v1/{proxy+}"],
    ["GET", "/v1", "$default"],
    ["GET", "/v1/", "$default"],
    ["GET", "/V1/photos", "$default"],
    ["GET", "/", "$default"],
  ];
  for (const [method, path, key] of cases) {
    it(`take ${method} ${path} by ${key}`, () => expect(selectRoute(routes, method, path)?.key).to.equal(key));
  }

  it("know what a path fills in", () => {
    expect(pathParameters("GET /v1/links/{link}", "/v1/links/abc")).to.deep.equal({ link: "abc" });
    expect(pathParameters("ANY /v1/{proxy+}", "/v1/photos/1")).to.deep.equal({ proxy: "photos/1" });
    expect(pathParameters("$default", "/healthz")).to.equal(undefined);
  });
});
