import type { Static } from "typebox";
import { parseInputs, parseOutputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";
import { type CachePolicy, cachePolicy } from "./cache-policy.ts";
import {
  AccessControlInputs,
  type DeclaredBehaviour,
  type DeclaredOrigin,
  DistributionInputs,
  DistributionOutputs,
  type ErrorResponse,
  LogDeliveryInputs,
} from "./distribution-inputs.ts";
import { type EdgeFunction, edgeFunction } from "./edge-function.ts";
import type { KeyRegistry } from "./key-registry.ts";
import { nothingMore, type OriginRequestPolicy, originRequestPolicy } from "./origin-request-policy.ts";
import { type ResponseHeadersPolicy, responseHeadersPolicy } from "./response-headers-policy.ts";
import { takes } from "./selection.ts";
import { SignatureVerifier } from "./signature-verifier.ts";
import { decodePath } from "./viewer-request.ts";
import { wildcard } from "./wildcard.ts";

export interface Origin {
  readonly id: string;
  readonly domainName: string;
  /** Goes before every path; begins with a slash, or is empty. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signing: "always" | "never" | "no-override";
  /** Whether it is a server of its own, and no bucket: then it is told who asks. */
  readonly custom: boolean;
}

export interface Behaviour {
  readonly pathPattern: string;
  readonly origin: Origin;
  readonly allowedMethods: ReadonlySet<string>;
  readonly cachePolicy: CachePolicy;
  readonly originRequestPolicy: OriginRequestPolicy;
  readonly responseHeadersPolicy: ResponseHeadersPolicy | undefined;
  readonly compress: boolean;
  /** Undefined where the behaviour asks for no signature. */
  readonly signatures: SignatureVerifier | undefined;
  readonly viewerRequest: EdgeFunction | undefined;
  readonly viewerResponse: EdgeFunction | undefined;
}

export type CustomErrorResponse = Static<typeof ErrorResponse>;

export interface Distribution {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  readonly origins: readonly Origin[];
  readonly behaviourFor: (path: string) => Behaviour;
  readonly defaultRootObject: string;
  readonly errorResponses: ReadonlyMap<number, CustomErrorResponse>;
  /** Whether viewers of a country are let in; of one that is not known they are, as on loopback nobody's is. */
  readonly servesCountry: (country: string | undefined) => boolean;
  readonly webAclArn: string | undefined;
  /** In lower case; undefined where the distribution reads no tags. */
  readonly cacheTagHeader: string | undefined;
  /** Where it keeps a log, with which fields: undefined for all. */
  readonly accessLog: { readonly fields: readonly string[] | undefined } | undefined;
}

/** The program's distribution of an id; throws an Error that names the property which the local edge cannot honour. */
export function readDistribution(
  recording: Recording,
  id: string,
  keys: Pick<KeyRegistry, "trusted">,
  log: (line: string) => void,
): Distribution {
  const declared = resourcesOf(recording, "aws:cloudfront/distribution:Distribution");
  const resource = declared.find((distribution) => distribution.id === id);
  if (resource === undefined) throw new Error(`the program declares no CloudFront distribution ${id}`);
  const inputs = parseInputs(DistributionInputs, resource);
  const { arn, domainName } = parseOutputs(DistributionOutputs, resource);
  const origins = new Map(inputs.origins.map((origin) => [origin.originId, readOrigin(recording, origin)]));
  const behaviour = (declared: Static<typeof DeclaredBehaviour>, pathPattern: string) =>
    readBehaviour(declared, { keys, log, origins, pathPattern, recording, resource });
  const ordered = (inputs.orderedCacheBehaviors ?? []).map((declared) => ({
    matches: wildcard(declared.pathPattern.replace(/^(?!\/)/, "/")),
    behaviour: behaviour(declared, declared.pathPattern),
  }));
  const fallback = behaviour(inputs.defaultCacheBehavior, "*");
  const { locations = [], restrictionType } = inputs.restrictions.geoRestriction;

  return {
    id: resource.id,
    arn,
    domainName,
    aliases: inputs.aliases ?? [],
    origins: [...origins.values()],
    behaviourFor(path) {
      // Chosen by the normalised path, so that no other spelling of a path slips past the behaviour that guards it.
      const normalised = decodePath(path).replace(/\/{2,}/g, "/");
      return ordered.find(({ matches }) => matches(normalised))?.behaviour ?? fallback;
    },
    defaultRootObject: inputs.defaultRootObject ?? "",
    errorResponses: new Map((inputs.customErrorResponses ?? []).map((response) => [response.errorCode, response])),
    servesCountry: (country) =>
      country === undefined ||
      restrictionType === "none" ||
      locations.includes(country) === (restrictionType === "whitelist"),
    webAclArn: inputs.webAclId || undefined,
    cacheTagHeader: inputs.cacheTagConfig?.headerName.toLowerCase(),
    accessLog: inputs.loggingConfig === undefined ? deliveredLog(recording, arn) : { fields: undefined },
  };
}

function readOrigin(recording: Recording, declared: Static<typeof DeclaredOrigin>): Origin {
  const { customHeaders = [], customOriginConfig, domainName, originAccessControlId, originId } = declared;
  return {
    id: originId,
    domainName,
    path: declared.originPath ?? "",
    headers: Object.fromEntries(customHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
    signing: originAccessControlId ? signingOf(recording, originAccessControlId) : "never",
    custom: customOriginConfig !== undefined,
  };
}

function signingOf(recording: Recording, id: string): Origin["signing"] {
  const type = "aws:cloudfront/originAccessControl:OriginAccessControl";
  const resource = resourcesOf(recording, type).find((control) => control.id === id);
  if (resource === undefined) throw new Error(`the program declares no ${type} with the id ${id}`);
  return parseInputs(AccessControlInputs, resource).signingBehavior;
}

interface BehaviourContext {
  readonly recording: Recording;
  readonly resource: RecordedResource;
  readonly keys: Pick<KeyRegistry, "trusted">;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly pathPattern: string;
  readonly log: (line: string) => void;
}

function readBehaviour(declared: Static<typeof DeclaredBehaviour>, context: BehaviourContext): Behaviour {
  const { keys, log, origins, pathPattern, recording, resource } = context;
  const origin = origins.get(declared.targetOriginId);
  if (origin === undefined) {
    throw new Error(
      `${resource.type} ${resource.name}: behaviour ${pathPattern} has no origin ${declared.targetOriginId}`,
    );
  }
  const functionFor = (eventType: string) => {
    const associated = declared.functionAssociations?.find((association) => association.eventType === eventType);
    return associated && edgeFunction(recording, associated.functionArn, log);
  };
  const keyGroups = declared.trustedKeyGroups ?? [];
  const keyed = cachePolicy(recording, declared.cachePolicyId);
  const sent = declared.originRequestPolicyId
    ? originRequestPolicy(recording, declared.originRequestPolicyId)
    : nothingMore;
  // It would work here and nowhere else: S3 finds a bucket by this name, and API Gateway an API.
  if ([keyed, sent].some(({ headers }) => takes(headers, "host"))) {
    throw new Error(
      `${resource.type} ${resource.name}: behaviour ${pathPattern} sends the viewer's Host header to an origin, which knows itself by another name`,
    );
  }
  return {
    pathPattern,
    origin,
    allowedMethods: new Set(declared.allowedMethods),
    cachePolicy: keyed,
    originRequestPolicy: sent,
    responseHeadersPolicy: declared.responseHeadersPolicyId
      ? responseHeadersPolicy(recording, declared.responseHeadersPolicyId)
      : undefined,
    compress: declared.compress ?? false,
    signatures: keyGroups.length > 0 ? new SignatureVerifier(keys.trusted(keyGroups)) : undefined,
    viewerRequest: functionFor("viewer-request"),
    viewerResponse: functionFor("viewer-response"),
  };
}

/** Standard logging v2 is declared on its own, by the distribution's ARN. */
function deliveredLog(recording: Recording, arn: string): Distribution["accessLog"] {
  const source = resourcesOf(recording, "aws:cloudwatch/logDeliverySource:LogDeliverySource").find(
    ({ inputs }) => inputs.resourceArn === arn && inputs.logType === "ACCESS_LOGS",
  );
  const delivery = resourcesOf(recording, "aws:cloudwatch/logDelivery:LogDelivery").find(
    ({ inputs }) => source && inputs.deliverySourceName === source.outputs.name,
  );
  return delivery && { fields: parseInputs(LogDeliveryInputs, delivery).recordFields };
}
