import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { gatewayRoutes, readApiDocument } from "../gateway-routes.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { ServiceFunction } from "./service-function.ts";

export interface HttpApiArgs {
  account: Account;
  /** Encrypts the access log. */
  key: EncryptionKey;
  /** Answers every request. */
  function: ServiceFunction;
  /** Whose tokens are let through, and which client they must be meant for. */
  issuer: pulumi.Input<string>;
  clientId: pulumi.Input<string>;
  /** Above it, over all viewers, requests get 429. */
  requestsPerSecond: number;
  logRetentionDays: number;
}

/** The most that an HTTP API waits for an answer, in milliseconds. */
const longestWait = 30_000;

/** The API Gateway HTTP API in front of the function. It takes no web ACL and no policy: see ApiDistribution. */
export class HttpApi extends pulumi.ComponentResource {
  /** Without a scheme. */
  readonly domainName: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:api:HttpApi", name, {}, opts);
    const child = { parent: this };

    // No CORS here: it would answer preflights, and take the place of what the API says itself.
    const api = new aws.apigatewayv2.Api(name, { protocolType: "HTTP", description: "Latchkey's signing API" }, child);
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: args.function.invokeArn,
        payloadFormatVersion: "2.0",
        timeoutMilliseconds: longestWait,
      },
      child,
    );
    const authorizer = new aws.apigatewayv2.Authorizer(
      `${name}-authorizer`,
      {
        apiId: api.id,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer: args.issuer, audiences: [args.clientId] },
      },
      child,
    );
    const routes = gatewayRoutes(readApiDocument()).map(
      ({ key, signedIn }) =>
        new aws.apigatewayv2.Route(
          `${name}-${nameOf(key)}`,
          {
            apiId: api.id,
            routeKey: key,
            target: pulumi.interpolate`integrations/${integration.id}`,
            ...(signedIn ? { authorizationType: "JWT", authorizerId: authorizer.id } : { authorizationType: "NONE" }),
          },
          child,
        ),
    );
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-access-logs`,
      // Log groups of this prefix take no place in the account's one resource policy, which is soon full.
      { namePrefix: `/aws/vendedlogs/${name}-`, retentionInDays: args.logRetentionDays, kmsKeyId: args.key.arn },
      child,
    );
    new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(accessLog) },
        defaultRouteSettings: {
          throttlingRateLimit: args.requestsPerSecond,
          throttlingBurstLimit: args.requestsPerSecond,
        },
      },
      { ...child, dependsOn: routes },
    );
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        function: args.function.functionName,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        // The service speaks for every API of every account.
        sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
        sourceAccount: args.account.id,
      },
      child,
    );

    this.domainName = api.apiEndpoint.apply((url) => new URL(url).host);
    this.registerOutputs({ domainName: this.domainName });
  }
}

/** Nobody's path, query or token: the token of a share link is a part of its path. */
const accessLog = {
  requestId: "$context.requestId",
  functionRequestId: "$context.integration.requestId",
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  responseBytes: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  functionLatencyMs: "$context.integrationLatency",
  functionStatus: "$context.integration.integrationStatus",
  edgeAddress: "$context.identity.sourceIp",
  gatewayError: "$context.error.responseType",
  authorizerError: "$context.authorizer.error",
  functionError: "$context.integration.error",
};

/** `ANY /v1/{proxy+}` is `any-v1-proxy`. */
function nameOf(routeKey: string): string {
  return (
    routeKey
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join("-") ?? ""
  );
}
