/** A value of an XML reply: lists become `member` elements, a Map's entries `entry` elements, undefined is left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | ReadonlyMap<string, XmlValue>
  | { readonly [name: string]: XmlValue };

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Renders `value` inside an element. Names must be constants of ours; only text is escaped. */
export function xmlElement(name: string, value: XmlValue, attributes = ""): string {
  return value === undefined ? "" : `<${name}${attributes}>${xmlContent(value)}</${name}>`;
}

function xmlContent(value: Exclude<XmlValue, undefined>): string {
  if (typeof value !== "object") return escapeXml(String(value));
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map((item) => xmlElement("member", item)).join("");
  if (value instanceof Map) return Array.from(value, ([key, value]) => xmlElement("entry", { key, value })).join("");
  return Object.entries(value)
    .map(([name, inner]) => xmlElement(name, inner))
    .join("");
}

// Array.isArray does not narrow a readonly array out of a union.
function isList(value: object): value is readonly XmlValue[] {
  return Array.isArray(value);
}

/** Escapes text for elements and attributes, and drops the characters that XML 1.0 cannot hold. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => entities[char] ?? char)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
}
