/** Chooses as an HTTP API does: the whole path before a greedy one, a method by its name before ANY, `$default` at last. */
export function selectRoute<Route extends { readonly key: string }>(
  routes: readonly Route[],
  method: string,
  path: string,
): Route | undefined {
  return routes.filter(({ key }) => takes(key, method, path)).toSorted((a, b) => rank(a.key) - rank(b.key))[0];
}

/** The values of a path's parameters. */
export function pathParameters(key: string, path: string): Record<string, string> | undefined {
  const [, pattern] = key.split(" ");
  const found = pattern === undefined ? undefined : shapeOf(pattern).exec(path)?.groups;
  return found && Object.keys(found).length > 0 ? { ...found } : undefined;
}

function takes(key: string, method: string, path: string): boolean {
  if (key === "$default") return true;
  const [verb, pattern = ""] = key.split(" ");
  return (verb === "ANY" || verb === method) && shapeOf(pattern).test(path);
}

function rank(key: string): number {
  if (key === "$default") return 4;
  return (key.includes("+}") ? 2 : 0) + (key.startsWith("ANY ") ? 1 : 0);
}

function shapeOf(pattern: string): RegExp {
  const shape = pattern
    .split("/")
    .map((segment) => segment.replace(/^\{(\w+)\+\}$/, "(?<$1>.+)").replace(/^\{(\w+)\}$/, "(?<$1>[^/]+)"));
  return new RegExp(`^${shape.join("/")}$`, "s");
}
