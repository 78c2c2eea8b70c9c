import { Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import { all, Behavior, HeaderBehavior, Items, none, only, type Selection, selection } from "./selection.ts";

/** What goes on to the origin beside what the cache key holds. */
export interface OriginRequestPolicy {
  readonly headers: Selection;
  readonly cookies: Selection;
  readonly queryStrings: Selection;
}

const closed = { additionalProperties: false };

const Inputs = Type.Object({
  cookiesConfig: Type.Object({ cookieBehavior: Behavior, cookies: Items }, closed),
  headersConfig: Type.Object({ headerBehavior: Type.Optional(HeaderBehavior), headers: Items }, closed),
  queryStringsConfig: Type.Object({ queryStringBehavior: Behavior, queryStrings: Items }, closed),
});

const corsHeaders = ["origin", "access-control-request-headers", "access-control-request-method"];

/** CloudFront's managed policies, by the ids that they have in every account; those that send on `Host` suit no bucket. */
const managed: Readonly<Record<string, OriginRequestPolicy>> = {
  // AllViewerExceptHostHeader
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": {
    headers: selection("allExcept", ["host"]),
    cookies: all,
    queryStrings: all,
  },
  // CORS-CustomOrigin
  "59781a5b-3903-41f3-afcb-af62929ccde1": { headers: only(["origin"]), cookies: none, queryStrings: none },
  // CORS-S3Origin
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": { headers: only(corsHeaders), cookies: none, queryStrings: none },
  // UserAgentRefererHeaders
  "acba4595-bd28-49b8-b9fe-13317c0390fa": {
    headers: only(["user-agent", "referer"]),
    cookies: none,
    queryStrings: none,
  },
};

export const nothingMore: OriginRequestPolicy = { headers: none, cookies: none, queryStrings: none };

/** The origin request policy of an id; throws an Error for one that is neither declared nor CloudFront's own. */
export function originRequestPolicy(recording: Recording, id: string): OriginRequestPolicy {
  const own = managed[id];
  if (own !== undefined) return own;
  const type = "aws:cloudfront/originRequestPolicy:OriginRequestPolicy";
  const resource = resourcesOf(recording, type).find((policy) => policy.id === id);
  if (resource === undefined) {
    throw new Error(`origin request policy ${id} is neither declared nor a managed one known here`);
  }
  const { cookiesConfig, headersConfig, queryStringsConfig } = parseInputs(Inputs, resource);
  return {
    headers: selection(
      headersConfig.headerBehavior ?? "none",
      headersConfig.headers?.items?.map((name) => name.toLowerCase()),
    ),
    cookies: selection(cookiesConfig.cookieBehavior, cookiesConfig.cookies?.items),
    queryStrings: selection(queryStringsConfig.queryStringBehavior, queryStringsConfig.queryStrings?.items),
  };
}
