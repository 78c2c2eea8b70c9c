import { type Static, Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";

const closed = { additionalProperties: false };
const Names = Type.Object({ items: Type.Optional(Type.Array(Type.String())) }, closed);
const Override = { override: Type.Boolean() };

const Cors = Type.Object(
  {
    accessControlAllowCredentials: Type.Boolean(),
    accessControlAllowHeaders: Names,
    accessControlAllowMethods: Names,
    accessControlAllowOrigins: Names,
    accessControlExposeHeaders: Type.Optional(Names),
    accessControlMaxAgeSec: Type.Optional(Type.Integer()),
    originOverride: Type.Boolean(),
  },
  closed,
);

const SecurityHeaders = Type.Object(
  {
    contentSecurityPolicy: Type.Optional(Type.Object({ ...Override, contentSecurityPolicy: Type.String() }, closed)),
    contentTypeOptions: Type.Optional(Type.Object(Override, closed)),
    frameOptions: Type.Optional(Type.Object({ ...Override, frameOption: Type.Enum(["DENY", "SAMEORIGIN"]) }, closed)),
    referrerPolicy: Type.Optional(Type.Object({ ...Override, referrerPolicy: Type.String() }, closed)),
    strictTransportSecurity: Type.Optional(
      Type.Object(
        {
          ...Override,
          accessControlMaxAgeSec: Type.Integer(),
          includeSubdomains: Type.Optional(Type.Boolean()),
          preload: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    xssProtection: Type.Optional(
      Type.Object(
        {
          ...Override,
          modeBlock: Type.Optional(Type.Boolean()),
          protection: Type.Boolean(),
          reportUri: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);

const CustomHeader = Type.Object({ ...Override, header: Type.String(), value: Type.String() }, closed);

const Inputs = Type.Object(
  {
    comment: Type.Optional(Type.String()),
    corsConfig: Type.Optional(Cors),
    customHeadersConfig: Type.Optional(Type.Object({ items: Type.Optional(Type.Array(CustomHeader)) }, closed)),
    name: Type.Optional(Type.String()),
    removeHeadersConfig: Type.Optional(
      Type.Object({ items: Type.Optional(Type.Array(Type.Object({ header: Type.String() }, closed))) }, closed),
    ),
    securityHeadersConfig: Type.Optional(SecurityHeaders),
  },
  closed,
);

/** What a policy does to a response's headers; names in lower case. */
export interface ResponseHeadersPolicy {
  readonly cors: Static<typeof Cors> | undefined;
  readonly remove: readonly string[];
  readonly set: readonly { readonly name: string; readonly value: string; readonly override: boolean }[];
}

const simpleCors: Static<typeof Cors> = {
  accessControlAllowCredentials: false,
  accessControlAllowHeaders: { items: [] },
  accessControlAllowMethods: { items: [] },
  accessControlAllowOrigins: { items: ["*"] },
  originOverride: false,
};
const preflightCors: Static<typeof Cors> = {
  ...simpleCors,
  accessControlAllowMethods: { items: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] },
  accessControlExposeHeaders: { items: ["*"] },
};
const security = securityHeaders({
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: "SAMEORIGIN", override: false },
  referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: false },
  strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: false },
  xssProtection: { modeBlock: true, protection: true, override: false },
});

/** CloudFront's managed policies, by the ids that they have in every account. */
const managed: Readonly<Record<string, ResponseHeadersPolicy>> = {
  // SimpleCORS
  "60669652-455b-4ae9-85a4-c4c02393f86c": { cors: simpleCors, remove: [], set: [] },
  // CORS-With-Preflight
  "5cc3b908-e619-4b99-88e5-2cf7f45965bd": { cors: preflightCors, remove: [], set: [] },
  // SecurityHeadersPolicy
  "67f7725c-6f97-4210-82d7-5512b31e9d03": { cors: undefined, remove: [], set: security },
  // CORS-and-SecurityHeadersPolicy
  "e61eb60c-9c35-4d20-a928-2b84e02af89c": { cors: simpleCors, remove: [], set: security },
  // CORS-with-preflight-and-SecurityHeadersPolicy
  "eaab4381-ed33-4a86-88ca-d9558dc6cd63": { cors: preflightCors, remove: [], set: security },
};

/** The response headers policy of an id; throws an Error for one that is neither declared nor CloudFront's own. */
export function responseHeadersPolicy(recording: Recording, id: string): ResponseHeadersPolicy {
  const own = managed[id];
  if (own !== undefined) return own;
  const type = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";
  const resource = resourcesOf(recording, type).find((policy) => policy.id === id);
  if (resource === undefined) {
    throw new Error(`response headers policy ${id} is neither declared nor a managed one known here`);
  }
  const inputs = parseInputs(Inputs, resource);
  const custom = inputs.customHeadersConfig?.items ?? [];
  return {
    cors: inputs.corsConfig,
    remove: (inputs.removeHeadersConfig?.items ?? []).map(({ header }) => header.toLowerCase()),
    set: [
      ...securityHeaders(inputs.securityHeadersConfig ?? {}),
      ...custom.map(({ header, value, override }) => ({ name: header.toLowerCase(), value, override })),
    ],
  };
}

function securityHeaders(config: Static<typeof SecurityHeaders>): ResponseHeadersPolicy["set"] {
  const { contentSecurityPolicy, contentTypeOptions, frameOptions, referrerPolicy, xssProtection } = config;
  const transport = config.strictTransportSecurity;
  const candidates = [
    ["content-security-policy", contentSecurityPolicy, contentSecurityPolicy?.contentSecurityPolicy],
    ["referrer-policy", referrerPolicy, referrerPolicy?.referrerPolicy],
    ["strict-transport-security", transport, transport && transportSecurity(transport)],
    ["x-content-type-options", contentTypeOptions, "nosniff"],
    ["x-frame-options", frameOptions, frameOptions?.frameOption],
    ["x-xss-protection", xssProtection, xssProtection && xss(xssProtection)],
  ] as const;
  return candidates.flatMap(([name, declared, value]) =>
    declared !== undefined && value !== undefined ? [{ name, value, override: declared.override }] : [],
  );
}

type Declared<Name extends keyof Static<typeof SecurityHeaders>> = NonNullable<Static<typeof SecurityHeaders>[Name]>;

function transportSecurity(declared: Declared<"strictTransportSecurity">): string {
  const { accessControlMaxAgeSec, includeSubdomains, preload } = declared;
  return [
    `max-age=${accessControlMaxAgeSec}`,
    ...(includeSubdomains ? ["includeSubDomains"] : []),
    ...(preload ? ["preload"] : []),
  ].join("; ");
}

function xss({ modeBlock, protection, reportUri }: Declared<"xssProtection">): string {
  if (!protection) return "0";
  return ["1", ...(modeBlock ? ["mode=block"] : []), ...(reportUri ? [`report=${reportUri}`] : [])].join("; ");
}
