import { Type } from "typebox";

/*
 * AWS WAF compares bytes. Node hands targets and headers over as latin1, one character per byte, and everything here stays
 * in that form.
 */

type Transform = (text: string) => string;

const entities: Readonly<Record<string, string>> = { amp: "&", apos: "'", gt: ">", lt: "<", nbsp: "\xa0", quot: '"' };

const transforms = {
  NONE: (text) => text,
  BASE64_DECODE: (text) => Buffer.from(text, "base64").toString("latin1"),
  COMPRESS_WHITE_SPACE: (text) => text.replace(/[\s\xa0]+/g, " "),
  HEX_DECODE: (text) => Buffer.from(text, "hex").toString("latin1"),
  HTML_ENTITY_DECODE: (text) =>
    text.replace(
      /&(?:#x([0-9a-f]{1,6});?|#(\d{1,7});?|([a-z]+);)/gi,
      (whole, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
        return character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ?? whole;
      },
    ),
  LOWERCASE: (text) => text.toLowerCase(),
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: (text) => normalizePath(text.replaceAll("\\", "/")),
  REMOVE_NULLS: (text) => text.replaceAll("\0", ""),
  REPLACE_NULLS: (text) => text.replaceAll("\0", " "),
  TRIM: (text) => text.trim(),
  UPPERCASE: (text) => text.toUpperCase(),
  URL_DECODE: (text) =>
    text
      .replaceAll("+", " ")
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
} as const satisfies Record<string, Transform>;

type TransformType = keyof typeof transforms;

const names = Object.keys(transforms).filter((name): name is TransformType => name in transforms);

export const TextTransformations = Type.Array(
  Type.Object({ priority: Type.Number(), type: Type.Enum(names) }, { additionalProperties: false }),
);

export interface TextTransformation {
  readonly priority: number;
  readonly type: TransformType;
}

/** One function that applies the transformations, lowest priority first. */
export function transformer(transformations: readonly TextTransformation[]): Transform {
  const inOrder = transformations.toSorted((a, b) => a.priority - b.priority).map(({ type }) => transforms[type]);
  return (text) => inOrder.reduce((transformed, transform) => transform(transformed), text);
}

function character(code: number): string | undefined {
  return code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code), "utf8").toString("latin1") : undefined;
}

function normalizePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith("/") ? "/" : "";
  return `${path.startsWith("/") ? "/" : ""}${kept.join("/")}${trailing}`;
}
