import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { AwsError } from "../gateway/protocols.ts";
import { readBody } from "../gateway/read-body.ts";
import type { LambdaHost } from "../lambda/lambda-host.ts";
import { serviceAccess } from "../lambda/service-access.ts";
import { type Address, listen } from "../listen.ts";
import type { RunningService, ServiceContext } from "../service.ts";
import { declaredHttpApi, type Route } from "./declared-http-api.ts";
import { eventOf } from "./event.ts";
import { type GatewayAnswer, gatewayAnswer, readAnswer } from "./function-answer.ts";
import { selectRoute } from "./select-route.ts";
import { createTokenAuthorizer } from "./token-authorizer.ts";

export interface HttpApiContext extends ServiceContext {
  readonly run: LambdaHost["run"];
  /** Puts local addresses in the place of AWS's. */
  readonly translate: (value: string) => string;
}

export interface HttpApi extends RunningService {
  /** `….execute-api.REGION.amazonaws.com`, as an edge in front knows it. */
  readonly domainName: string;
}

const mostBodyBytes = 10 * 1024 * 1024;

/** Stands up the HTTP API that the program declares; throws an Error that names what of it can't be honoured. */
export async function startHttpApi(context: HttpApiContext, address: Address): Promise<HttpApi> {
  const { recording, translate, now, log } = context;
  const api = declaredHttpApi(recording);
  const mayCall = serviceAccess(context, { service: "apigateway.amazonaws.com", functionArn: api.functionArn });
  const authorizers = new Map(
    api.routes.flatMap(({ authorizer }) =>
      authorizer
        ? [[authorizer, createTokenAuthorizer({ ...authorizer, issuer: translate(authorizer.issuer) })] as const]
        : [],
    ),
  );

  async function answer(message: IncomingMessage, requestId: string): Promise<GatewayAnswer> {
    const { method = "GET", url = "/" } = message;
    const [rawPath = "/", ...rest] = url.split("?");
    const path = decoded(rawPath);
    if (path === undefined) return gatewayAnswer(400, "Bad Request");
    const route = selectRoute(api.routes, method, path);
    if (!route) return gatewayAnswer(404, "Not Found");
    const verdict = route.authorizer && (await authorizers.get(route.authorizer)?.(message.headers.authorization));
    if (verdict && "challenge" in verdict) {
      return gatewayAnswer(401, "Unauthorized", { "www-authenticate": verdict.challenge });
    }
    const body = await readBody(message, mostBodyBytes);
    requirePermission(route, method, path);
    const event = eventOf(message, {
      apiId: api.id,
      accountId: recording.accountId,
      domainName: api.domainName,
      routeKey: route.key,
      requestId,
      path,
      query: rest.join("?"),
      body,
      claims: verdict?.claims,
      now: now(),
    });
    return readAnswer(await context.run(api.function, JSON.stringify(event)));
  }

  function requirePermission({ key }: Route, method: string, path: string): void {
    const shown = key === "$default" ? "$default" : `${method}${path}`;
    const { allowed, reason } = mayCall(`${api.executionArn}/$default/${shown}`);
    if (!allowed) throw new Error(`API Gateway may not call ${api.functionArn}: ${reason}`);
  }

  const server = createServer(async (message, response) => {
    const requestId = `${randomBytes(11).toString("base64url")}=`;
    const { status, headers, body } = await answer(message, requestId).catch((error: unknown) => {
      if (error instanceof AwsError && error.status === 413) return gatewayAnswer(413, "Request Too Long");
      log(`http-api: ${error instanceof Error ? error.message : error}`);
      return gatewayAnswer(500, "Internal Server Error");
    });
    const length = status === 204 || status === 304 ? {} : { "content-length": String(body.length) };
    response.writeHead(status, { ...headers, ...length, "apigw-requestid": requestId });
    response.end(message.method === "HEAD" ? undefined : body);
  });
  return { ...(await listen(server, address)), domainName: api.domainName };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
