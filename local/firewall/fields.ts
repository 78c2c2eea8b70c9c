import { type Static, Type } from "typebox";
import { argumentsOf, cookiesOf, type InspectedRequest } from "./request.ts";

const closed = { additionalProperties: false };
const Nothing = Type.Object({}, closed);
const Named = Type.Object({ name: Type.String({ minLength: 1 }) }, closed);
const Oversize = Type.Enum(["CONTINUE", "MATCH", "NO_MATCH"]);
const Scope = Type.Enum(["ALL", "KEY", "VALUE"]);
const All = Type.Object({ all: Nothing }, closed);
const Names = Type.Array(Type.String());

const Headers = Type.Object(
  {
    matchPattern: Type.Union([
      All,
      Type.Object({ includedHeaders: Names }, closed),
      Type.Object({ excludedHeaders: Names }, closed),
    ]),
    matchScope: Scope,
    oversizeHandling: Oversize,
  },
  closed,
);

const Cookies = Type.Object(
  {
    matchPatterns: Type.Tuple([
      Type.Union([
        All,
        Type.Object({ includedCookies: Names }, closed),
        Type.Object({ excludedCookies: Names }, closed),
      ]),
    ]),
    matchScope: Scope,
    oversizeHandling: Oversize,
  },
  closed,
);

/** `fieldToMatch` of a statement. */
export const FieldToMatch = Type.Union([
  Type.Object({ allQueryArguments: Nothing }, closed),
  Type.Object({ body: Type.Object({ oversizeHandling: Type.Optional(Oversize) }, closed) }, closed),
  Type.Object({ cookies: Cookies }, closed),
  Type.Object({ headers: Type.Tuple([Headers]) }, closed),
  Type.Object({ method: Nothing }, closed),
  Type.Object({ queryString: Nothing }, closed),
  Type.Object({ singleHeader: Named }, closed),
  Type.Object({ singleQueryArgument: Named }, closed),
  Type.Object({ uriPath: Nothing }, closed),
]);

export interface Field {
  /** The texts to inspect, none where the request lacks the field; or the verdict that oversize handling gives at once. */
  read(request: InspectedRequest): readonly string[] | boolean;
  readonly needsBody: boolean;
}

/** AWS WAF inspects no more of a request's headers, or of its cookies, than this. */
const inspected = { bytes: 8192, headers: 200, cookies: 200 };

export function field(declared: Static<typeof FieldToMatch>): Field {
  if ("body" in declared) return bodyField(declared.body.oversizeHandling ?? "CONTINUE");
  if ("headers" in declared) return headersField(declared.headers[0]);
  if ("cookies" in declared) return cookiesField(declared.cookies);
  return { needsBody: false, read: reader(declared) };
}

type Simple = Exclude<Static<typeof FieldToMatch>, { body: unknown } | { headers: unknown } | { cookies: unknown }>;

function reader(declared: Simple): Field["read"] {
  if ("method" in declared) return ({ method }) => [method];
  if ("uriPath" in declared) return ({ path }) => [path];
  if ("queryString" in declared) return ({ query }) => [query];
  if ("allQueryArguments" in declared) return ({ query }) => argumentsOf(query).flat();
  if ("singleHeader" in declared) {
    const name = declared.singleHeader.name.toLowerCase();
    return ({ headers }) => [headers[name] ?? []].flat();
  }
  const name = declared.singleQueryArgument.name.toLowerCase();
  return ({ query }) =>
    argumentsOf(query)
      .filter(([argument]) => argument.toLowerCase() === name)
      .map(([, value]) => value);
}

function bodyField(oversize: Static<typeof Oversize>): Field {
  return {
    needsBody: true,
    read: ({ body }) => (body.truncated && oversize !== "CONTINUE" ? oversize === "MATCH" : [body.text]),
  };
}

function headersField({ matchPattern, matchScope, oversizeHandling }: Static<typeof Headers>): Field {
  const wanted = chooser(
    "includedHeaders" in matchPattern ? matchPattern.includedHeaders : undefined,
    "excludedHeaders" in matchPattern ? matchPattern.excludedHeaders : undefined,
  );
  return pairsField({ matchScope, oversizeHandling, wanted, most: inspected.headers }, ({ headers }) =>
    Object.entries(headers).flatMap(([name, values]) => [values ?? []].flat().map((value) => pair(name, value))),
  );
}

function cookiesField({ matchPatterns: [pattern], matchScope, oversizeHandling }: Static<typeof Cookies>): Field {
  const wanted = chooser(
    "includedCookies" in pattern ? pattern.includedCookies : undefined,
    "excludedCookies" in pattern ? pattern.excludedCookies : undefined,
  );
  return pairsField({ matchScope, oversizeHandling, wanted, most: inspected.cookies }, ({ headers }) =>
    cookiesOf(headers),
  );
}

interface PairsField {
  readonly matchScope: Static<typeof Scope>;
  readonly oversizeHandling: Static<typeof Oversize>;
  readonly wanted: (name: string) => boolean;
  readonly most: number;
}

function pairsField(
  { matchScope, oversizeHandling, wanted, most }: PairsField,
  pairsOf: (request: InspectedRequest) => [name: string, value: string][],
): Field {
  return {
    needsBody: false,
    read(request) {
      const all = pairsOf(request);
      const bytes = all.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      const oversize = all.length > most || bytes > inspected.bytes;
      if (oversize && oversizeHandling !== "CONTINUE") return oversizeHandling === "MATCH";
      return all
        .slice(0, most)
        .filter(([name]) => wanted(name))
        .flatMap(([name, value]) => (matchScope === "KEY" ? [name] : matchScope === "VALUE" ? [value] : [name, value]));
    },
  };
}

function chooser(included: readonly string[] | undefined, excluded: readonly string[] | undefined) {
  const names = new Set((included ?? excluded ?? []).map((name) => name.toLowerCase()));
  return (name: string) => names.has(name.toLowerCase()) === (included !== undefined);
}

function pair(name: string, value: string): [string, string] {
  return [name, value];
}
