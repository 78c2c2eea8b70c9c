import { readFileSync } from "node:fs";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";

const Operation = Type.Object({ security: Type.Optional(Type.Array(Type.Unknown())) });
const Document = Type.Object({
  security: Type.Array(Type.Unknown(), { minItems: 1 }),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)),
});
export type ApiDocument = Static<typeof Document>;

export interface GatewayRoute {
  /** As an HTTP API names it: a method and a path, or `$default` for what no other route takes. */
  readonly key: string;
  /** Whether the gateway lets nobody through without a token. */
  readonly signedIn: boolean;
}

/** The API's description of itself, which is generated from its routes and held against them by tests. */
export function readApiDocument(): ApiDocument {
  const file = new URL("../api/openapi.json", import.meta.url);
  return Value.Parse(Document, JSON.parse(readFileSync(file, "utf8")));
}

/**
 * Where an HTTP API asks for a token, by what the API says of its operations. Every path below a folder in which any
 * operation asks for one does, known or not, but for what is open by name; so a new route is shut until it says that it is
 * open. The API checks the token itself in any case.
 */
export function gatewayRoutes({ paths }: ApiDocument): GatewayRoute[] {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      open: security?.length === 0,
    })),
  );
  const shut = [...new Set(operations.filter(({ open }) => !open).map(({ path }) => folderOf(path)))];
  const exceptions = operations.filter(({ open, path }) => open && shut.includes(folderOf(path)));
  return [
    ...shut.flatMap((folder) => [
      { key: `ANY /${folder}/{proxy+}`, signedIn: true },
      // A browser asks without a token whether it may send one.
      { key: `OPTIONS /${folder}/{proxy+}`, signedIn: false },
    ]),
    ...exceptions.flatMap(({ method, path }) =>
      (method === "GET" ? ["GET", "HEAD"] : [method]).map((each) => ({ key: `${each} ${path}`, signedIn: false })),
    ),
    { key: "$default", signedIn: false },
  ];
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}
