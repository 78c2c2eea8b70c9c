import Type from "typebox";
import { parseInputs, parseOutputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";

export interface Authorizer {
  readonly issuer: string;
  readonly audiences: readonly string[];
}

export interface Route {
  /** `ANY /v1/{proxy+}`, or `$default`. */
  readonly key: string;
  /** Undefined where no token is asked for. */
  readonly authorizer: Authorizer | undefined;
}

/** An HTTP API as the program declares it, all of whose routes lead to one function. */
export interface DeclaredHttpApi {
  readonly id: string;
  readonly domainName: string;
  readonly executionArn: string;
  readonly routes: readonly Route[];
  readonly function: RecordedResource;
  readonly functionArn: string;
}

const closed = { additionalProperties: false };
const inert = Type.Optional(Type.Unknown());

const ApiInputs = Type.Object({ protocolType: Type.Literal("HTTP"), description: inert }, closed);
const ApiOutputs = Type.Object({ apiEndpoint: Type.String(), executionArn: Type.String() });
const IntegrationInputs = Type.Object(
  {
    apiId: Type.String(),
    integrationType: Type.Literal("AWS_PROXY"),
    integrationUri: Type.String(),
    payloadFormatVersion: Type.Literal("2.0"),
    timeoutMilliseconds: inert,
  },
  closed,
);
const AuthorizerInputs = Type.Object(
  {
    apiId: Type.String(),
    authorizerType: Type.Literal("JWT"),
    identitySources: Type.Array(Type.Literal("$request.header.Authorization"), { minItems: 1, maxItems: 1 }),
    jwtConfiguration: Type.Object({ audiences: Type.Array(Type.String()), issuer: Type.String() }, closed),
    name: inert,
  },
  closed,
);
const RouteInputs = Type.Object(
  {
    apiId: Type.String(),
    authorizationType: Type.Enum(["JWT", "NONE"]),
    authorizerId: Type.Optional(Type.String()),
    routeKey: Type.String({ pattern: "^(\\$default|[A-Z]+ /\\S*)$" }),
    target: Type.String(),
  },
  closed,
);
const StageInputs = Type.Object(
  {
    apiId: Type.String(),
    // Another one's name would be a part of every path.
    name: Type.Literal("$default"),
    autoDeploy: Type.Literal(true),
    accessLogSettings: inert,
    defaultRouteSettings: inert,
  },
  closed,
);
/** The program's one HTTP API; throws an Error that names what of it is missing or can't be honoured. */
export function declaredHttpApi(recording: Recording): DeclaredHttpApi {
  const api = only(recording, "aws:apigatewayv2/api:Api");
  const integration = only(recording, "aws:apigatewayv2/integration:Integration");
  only(recording, "aws:apigatewayv2/stage:Stage", StageInputs);
  parseInputs(ApiInputs, api);
  const { apiEndpoint, executionArn } = parseOutputs(ApiOutputs, api);
  const { integrationUri } = parseInputs(IntegrationInputs, integration);
  const lambda = resourcesOf(recording, "aws:lambda/function:Function").find(
    ({ outputs }) => outputs.invokeArn === integrationUri,
  );
  if (!lambda) throw new Error(`${integration.type} ${integration.name}: there is no function ${integrationUri}`);
  const authorizers = new Map(
    resourcesOf(recording, "aws:apigatewayv2/authorizer:Authorizer").map((resource) => {
      const { jwtConfiguration } = parseInputs(AuthorizerInputs, resource);
      return [resource.id, jwtConfiguration];
    }),
  );
  const routes = resourcesOf(recording, "aws:apigatewayv2/route:Route").map((resource): Route => {
    const { authorizationType, authorizerId = "", routeKey, target } = parseInputs(RouteInputs, resource);
    const authorizer = authorizationType === "JWT" ? authorizers.get(authorizerId) : undefined;
    if (authorizationType === "JWT" && !authorizer) {
      throw new Error(`${resource.type} ${resource.name}: there is no authorizer ${authorizerId}`);
    }
    if (target !== `integrations/${integration.id}`) {
      throw new Error(`${resource.type} ${resource.name}: there is no integration at ${target}`);
    }
    return { key: routeKey, authorizer };
  });
  return {
    id: api.id,
    domainName: new URL(apiEndpoint).host,
    executionArn,
    routes,
    function: lambda,
    functionArn: String(lambda.outputs.arn),
  };
}

function only(recording: Recording, type: string, schema?: Parameters<typeof parseInputs>[0]): RecordedResource {
  const [resource, ...others] = resourcesOf(recording, type);
  if (!resource) throw new Error(`the program declares no ${type}`);
  if (others.length > 0) throw new Error(`the program declares more than one ${type}, and the local cloud serves one`);
  if (schema) parseInputs(schema, resource);
  return resource;
}
