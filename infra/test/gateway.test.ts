import { expect } from "chai";
import Type from "typebox";
import { Value } from "typebox/value";
import { startTestApp } from "../../api/test/support/test-app.ts";
import { selectRoute } from "../../local/http-api/select-route.ts";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { readConfig } from "../config.ts";
import { gatewayRoutes, readApiDocument } from "../gateway-routes.ts";
import { declare, json, root, theOne } from "./support/declared.ts";
import { madeValue } from "./support/made-key.ts";
import { runInEngine } from "./support/run-in-engine.ts";

const headersPolicy = (recording: Recording) =>
  theOne(recording, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "latchkey-api-edge-headers").inputs;

const Cors = Type.Object({
  accessControlAllowOrigins: Type.Object({ items: Type.Array(Type.String()) }),
  accessControlAllowMethods: Type.Object({ items: Type.Array(Type.String()) }),
  accessControlAllowHeaders: Type.Object({ items: Type.Array(Type.String()) }),
  accessControlExposeHeaders: Type.Object({ items: Type.Array(Type.String()) }),
  accessControlAllowCredentials: Type.Boolean(),
  accessControlMaxAgeSec: Type.Integer(),
  originOverride: Type.Boolean(),
});

for (const stack of await stacksOf(root)) {
  describe(`The way to the API, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });
    const api = () => theOne(recording, "aws:apigatewayv2/api:Api");

    it("asks for a token of the stack's own client where the API does, and nowhere else", () => {
      const authorizer = theOne(recording, "aws:apigatewayv2/authorizer:Authorizer");
      expect(authorizer.inputs).to.deep.include({
        apiId: api().id,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: {
          issuer: `https://cognito-idp.${recording.region}.amazonaws.com/${recording.outputs.userPoolId}`,
          audiences: [recording.outputs.userPoolClientId],
        },
      });
      const integration = theOne(recording, "aws:apigatewayv2/integration:Integration");
      const routes = resourcesOf(recording, "aws:apigatewayv2/route:Route").map(({ inputs }) => inputs);
      const everywhere = { apiId: api().id, target: `integrations/${integration.id}` };
      const shut = { ...everywhere, authorizationType: "JWT", authorizerId: authorizer.id };
      const open = { ...everywhere, authorizationType: "NONE" };
      expect(routes).to.have.deep.members([
        { routeKey: "ANY /v1/{proxy+}", ...shut },
        { routeKey: "OPTIONS /v1/{proxy+}", ...open },
        { routeKey: "ANY /uppy/{proxy+}", ...shut },
        { routeKey: "OPTIONS /uppy/{proxy+}", ...open },
        { routeKey: "GET /v1/links/{link}", ...open },
        { routeKey: "HEAD /v1/links/{link}", ...open },
        { routeKey: "POST /v1/links/{link}", ...open },
        { routeKey: "$default", ...open },
      ]);
    });

    it("leads to the function alone, which nobody else of API Gateway's customers may call", () => {
      const lambda = theOne(recording, "aws:lambda/function:Function", "latchkey-api");
      expect(theOne(recording, "aws:apigatewayv2/integration:Integration").inputs).to.deep.include({
        integrationType: "AWS_PROXY",
        integrationUri: lambda.outputs.invokeArn,
        payloadFormatVersion: "2.0",
        timeoutMilliseconds: 30_000,
      });
      expect(lambda.inputs.timeout, "the function gives up first").to.be.lessThan(30);
      expect(
        theOne(recording, "aws:lambda/permission:Permission", "latchkey-api-http-permission").inputs,
      ).to.deep.equal({
        function: lambda.outputs.name,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: `${api().outputs.executionArn}/*/*`,
        sourceAccount: recording.accountId,
      });
    });

    it("leaves preflights to the API", () => {
      expect(api().inputs).not.to.have.property("corsConfiguration");
    });

    it("takes so many requests in a second and no more", async () => {
      const { apiRequestsPerSecond } = readConfig("latchkey", stack, (await readStackFile(root, stack)).config);
      expect(theOne(recording, "aws:apigatewayv2/stage:Stage").inputs).to.deep.include({
        name: "$default",
        autoDeploy: true,
        defaultRouteSettings: {
          throttlingRateLimit: apiRequestsPerSecond,
          throttlingBurstLimit: apiRequestsPerSecond,
        },
      });
    });

    it("logs who was answered what, for a time, and neither paths nor queries, in which keys are", () => {
      const logs = theOne(recording, "aws:cloudwatch/logGroup:LogGroup", "latchkey-api-http-access-logs");
      expect(logs.inputs.namePrefix).to.match(/^\/aws\/vendedlogs\//);
      expect(logs.inputs.retentionInDays).to.be.greaterThan(0);
      const settings = theOne(recording, "aws:apigatewayv2/stage:Stage").inputs.accessLogSettings;
      const { destinationArn, format } = Value.Parse(
        Type.Object({ destinationArn: Type.String(), format: Type.String() }),
        settings,
      );
      expect(destinationArn).to.equal(logs.outputs.arn);
      expect(Object.values(JSON.parse(format))).to.include.members(["$context.routeKey", "$context.status"]);
      expect(format).not.to.match(/\$context\.(path|protocol|http\.path|authorizer\.claims|identity\.user)/);
    });

    it("is one distribution that caches nothing, takes every method by TLS, and stands behind the web ACL", () => {
      const { inputs, outputs } = theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-api-edge");
      const [host] = [inputs.aliases ?? outputs.domainName].flat();
      expect(recording.outputs.apiUrl).to.equal(`https://${host}`);
      expect(inputs).to.deep.include({ webAclId: recording.outputs.webAclArn, isIpv6Enabled: true });
      expect(inputs).not.to.have.property("orderedCacheBehaviors");
      expect(inputs.defaultCacheBehavior).to.deep.include({
        viewerProtocolPolicy: "https-only",
        allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        // CloudFront's own CachingDisabled and AllViewerExceptHostHeader.
        cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      });
    });

    it("keeps no error for another viewer, as CloudFront does for ten seconds where it is not told otherwise", () => {
      const { customErrorResponses } = theOne(
        recording,
        "aws:cloudfront/distribution:Distribution",
        "latchkey-api-edge",
      ).inputs;
      expect(customErrorResponses).to.deep.equal(
        [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((errorCode) => ({
          errorCode,
          errorCachingMinTtl: 0,
        })),
      );
    });

    it("goes from the edge to the gateway by TLS, with the value that proves it", () => {
      const { origins } = theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-api-edge").inputs;
      expect(origins).to.deep.equal([
        {
          originId: "http-api",
          domainName: new URL(String(api().outputs.apiEndpoint)).host,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            originReadTimeout: 35,
          },
          customHeaders: [{ name: "x-origin-verify", value: madeValue }],
        },
      ]);
    });

    it("tells the function where the value is, and not the value", () => {
      for (const { name, inputs } of resourcesOf(recording, "aws:lambda/function:Function")) {
        expect(JSON.stringify(inputs.environment), name).not.to.include(madeValue);
      }
      expect(JSON.stringify(recording.outputs)).not.to.include(madeValue);
    });

    it("keeps the gateway's own answers as safe as the API's", () => {
      const { securityHeadersConfig, customHeadersConfig } = headersPolicy(recording);
      expect(securityHeadersConfig).to.deep.equal({
        contentTypeOptions: { override: true },
        contentSecurityPolicy: {
          contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
          override: false,
        },
        referrerPolicy: { referrerPolicy: "no-referrer", override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, override: true },
      });
      expect(customHeadersConfig).to.deep.equal({
        items: [{ header: "cache-control", value: "private, no-store", override: false }],
      });
    });
  });
}

describe("The way to the API", () => {
  it("lets pages read the gateway's own answers as they may read the API's, and leaves the API's as they are", async () => {
    const origin = "https://photos.example.com";
    const recording = await declare("dev", { "latchkey:webOrigins": JSON.stringify([origin]) });
    const cors = Value.Parse(Cors, headersPolicy(recording).corsConfig);
    const app = await startTestApp({}, { LATCHKEY_WEB_ORIGINS: origin });
    const preflight = await app.server.inject({
      method: "OPTIONS",
      url: "/v1/photos",
      headers: { origin, "access-control-request-method": "POST" },
    });
    const answer = await app.server.inject({ url: "/healthz", headers: { origin } });
    await app.close();
    const list = (value: unknown) => String(value).split(", ");
    expect(cors).to.deep.equal({
      accessControlAllowOrigins: { items: [origin] },
      accessControlAllowMethods: { items: list(preflight.headers["access-control-allow-methods"]) },
      accessControlAllowHeaders: { items: list(preflight.headers["access-control-allow-headers"]) },
      accessControlExposeHeaders: { items: list(answer.headers["access-control-expose-headers"]) },
      accessControlAllowCredentials: answer.headers["access-control-allow-credentials"] === "true",
      accessControlMaxAgeSec: Number(preflight.headers["access-control-max-age"]),
      originOverride: false,
    });
    const none = await declare("dev", { "latchkey:webOrigins": "[]" });
    expect(headersPolicy(none)).not.to.have.property("corsConfig");
  });

  it("asks for a token at every route of the app that does, and at none that is open", async () => {
    const app = await startTestApp();
    const routes = gatewayRoutes(readApiDocument());
    for (const { method, url } of app.routes) {
      const path = url.replace(/:(\w+)/g, "x");
      const { statusCode } = await app.server.inject({ method: method as "GET", url: path });
      const gateway = routeFor(routes, method, path);
      // What the gateway lets by, the API refuses itself; what it stops must be what the API would refuse.
      if (gateway.signedIn) expect(statusCode, `${method} ${url}`).to.equal(401);
      else if (method !== "OPTIONS") expect(statusCode, `${method} ${url} at ${gateway.key}`).not.to.equal(401);
    }
    await app.close();
  });

  it("is shut for a route that nobody has thought of yet, and open to what is said to be open", () => {
    const routes = gatewayRoutes({
      security: [{}],
      paths: { "/v1/things": { get: {} }, "/v1/open": { put: { security: [] } }, "/status": { get: { security: [] } } },
    });
    const cases: [method: string, path: string, signedIn: boolean][] = [
      ["GET", "/v1/things", true],
      ["GET", "/v1/unheard-of", true],
      ["OPTIONS", "/v1/things", false],
      ["PUT", "/v1/open", false],
      ["DELETE", "/v1/open", true],
      ["GET", "/status", false],
      ["GET", "/", false],
    ];
    for (const [method, path, signedIn] of cases) {
      expect(routeFor(routes, method, path).signedIn, `${method} ${path}`).to.equal(signedIn);
    }
  });

  it("makes the function's answers and the edge's value known to the engine as a secret, and nowhere in the clear", async () => {
    const { clear } = await runInEngine(await readStackFile(root, "dev"), "up");
    expect(clear.join("\n")).to.include("latchkey-api-edge").and.not.include(madeValue);
  });

  it("proves itself anew for another generation", async () => {
    const made = theOne(
      await declare("dev", { "latchkey:originSecret": "2" }),
      "aws:lambda/invocation:Invocation",
      "latchkey-api-origin-made",
    );
    expect(json(made, "input")).to.deep.include({ generation: 2 });
  });
});

function routeFor(routes: ReturnType<typeof gatewayRoutes>, method: string, path: string) {
  return selectRoute(routes, method, path) ?? expect.fail(`no route takes ${method} ${path}`);
}
