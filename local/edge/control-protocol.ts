import { randomUUID } from "node:crypto";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Static, TSchema } from "typebox";
import { AwsError } from "../gateway/protocols.ts";
import { parse } from "../parse.ts";
import type { AwsCall, AwsReply } from "../service.ts";
import type { Edge } from "./edge.ts";

export const xmlns = ' xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';

/** An operation of the control plane; the pattern's second group, where it has one, is the id of what it is about. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly run: (call: AwsCall, edge: Edge, id: string) => AwsReply;
}

const parser = new XMLParser({
  // A PEM's line ends come as `&#10;`.
  htmlEntities: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  isArray: (_, path) => /\.Items\.\w+$/.test(String(path)),
  parseTagValue: false,
  removeNSPrefix: true,
  trimValues: false,
});

/** Throws MalformedXML for what is no document of the schema. */
export function readDocument<T extends TSchema>(schema: T, text: string): Static<T> {
  // No client of CloudFront sends a DOCTYPE, and entities of its own are how XML is made to explode.
  const parsed: unknown = XMLValidator.validate(text) === true && !text.includes("<!") ? parser.parse(text) : undefined;
  return parse(schema, parsed, (fault) => new AwsError("MalformedXML", 400, `The document cannot be read: ${fault}`));
}

export function documentReply(status: number, xml: string, headers: Readonly<Record<string, string>> = {}): AwsReply {
  return {
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": randomUUID(), ...headers },
    body: `<?xml version="1.0"?>\n${xml}`,
  };
}
