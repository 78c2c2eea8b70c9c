import { Type } from "typebox";

/** Which of a request's headers, cookies or query strings a policy takes. */
export type Selection =
  | { readonly kind: "none" | "all" }
  | { readonly kind: "only" | "except"; readonly names: ReadonlySet<string> };

export const none: Selection = { kind: "none" };
export const all: Selection = { kind: "all" };

/** `names` are compared as they stand: lower them first where case does not count. */
export function only(names: readonly string[]): Selection {
  return names.length === 0 ? none : { kind: "only", names: new Set(names) };
}

export const Items = Type.Optional(
  Type.Object({ items: Type.Optional(Type.Array(Type.String())) }, { additionalProperties: false }),
);

const kinds = {
  none: "none",
  all: "all",
  allViewer: "all",
  whitelist: "only",
  allExcept: "except",
} as const;

export const Behavior = Type.Enum(["none", "all", "whitelist", "allExcept"]);
export const HeaderBehavior = Type.Enum(["none", "allViewer", "whitelist", "allExcept"]);

export function selection(behavior: keyof typeof kinds, names: readonly string[] = []): Selection {
  const kind = kinds[behavior];
  return kind === "none" || kind === "all" ? { kind } : { kind, names: new Set(names) };
}

export function takes(selected: Selection, name: string): boolean {
  switch (selected.kind) {
    case "none":
      return false;
    case "all":
      return true;
    case "only":
      return selected.names.has(name);
    case "except":
      return !selected.names.has(name);
  }
}
