import { XMLParser } from "fast-xml-parser";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { S3Error } from "./s3-error.ts";

/** An element's content: text, or children by name (an array repeats its element, undefined leaves it out). */
export type XmlContent = string | number | boolean | Date | { readonly [name: string]: XmlChild };
type XmlChild = XmlContent | readonly XmlContent[] | undefined;

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A whole document in S3's namespace. */
export function renderXml(root: string, content: XmlContent): string {
  return `${declaration}<${root} xmlns="${namespace}">${renderContent(content)}</${root}>`;
}

/** S3's `<Error>` is the one document without a namespace. */
export function renderErrorXml(details: Readonly<Record<string, string>>): string {
  return `${declaration}<Error>${renderContent(details)}</Error>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function renderContent(content: XmlContent): string {
  if (content instanceof Date) return content.toISOString();
  if (typeof content !== "object") return escapeText(String(content));
  return Object.entries(content)
    .map(([name, child]) => renderChild(name, child))
    .join("");
}

function renderChild(name: string, child: XmlChild): string {
  if (child === undefined) return "";
  const all: readonly XmlContent[] = Array.isArray(child) ? child : [child];
  // A name may bring attributes, as in `Grantee xsi:type="CanonicalUser"`.
  const [tag] = name.split(" ");
  return all.map((one) => `<${name}>${renderContent(one)}</${tag}>`).join("");
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A key may hold any character; what XML cannot carry as itself goes as a reference, as S3 sends it. */
function escapeText(text: string): string {
  return text.replace(
    /[&<>"\p{Cc}\ufffe\uffff]/gu,
    (char) => escapes[char] ?? `&#x${char.charCodeAt(0).toString(16)};`,
  );
}

/**
 * A reader of documents whose root element is `root`; `lists` names the elements that may repeat. It throws MalformedXML for
 * anything that does not meet the schema, and for every DOCTYPE: no client of S3 sends one.
 */
export function xmlReader<Schema extends TSchema>(root: string, schema: Schema, lists: readonly string[] = []) {
  const validator = Compile(schema);
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => lists.includes(name),
    // Entities are decoded below, once, and only those that every XML document has.
    processEntities: false,
    tagValueProcessor: (_, value) => decodeReferences(value),
  });
  return (body: Buffer): Static<Schema> => {
    const document = readDocument(parser, body.toString("utf8"));
    const content = isRecord(document) ? document[root] : undefined;
    const elements = content === "" ? {} : content;
    if (!validator.Check(elements)) throw new S3Error("MalformedXML");
    return elements;
  };
}

function readDocument(parser: XMLParser, text: string): unknown {
  if (/<!DOCTYPE/i.test(text)) throw new S3Error("MalformedXML");
  try {
    return parser.parse(text, true);
  } catch {
    throw new S3Error("MalformedXML");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (reference, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? reference;
    const code = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new S3Error("MalformedXML");
    return String.fromCodePoint(code);
  });
}
