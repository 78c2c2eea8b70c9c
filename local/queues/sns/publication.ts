import Type from "typebox";
import { AwsError, queryList } from "../../gateway/protocols.ts";
import { parse } from "../../parse.ts";
import { attributeBytes, attributeFault, MessageAttributes } from "../message-attributes.ts";

const MAX_BYTES = 256 * 1024;

/** What somebody publishes to a topic. */
export interface Publication {
  readonly subject: string | undefined;
  readonly attributes: MessageAttributes;
  /** The message as subscribers of a protocol get it. */
  messageFor(protocol: string): string;
}

const PerProtocol = Type.Intersect([
  Type.Object({ default: Type.String() }),
  Type.Record(Type.String(), Type.String()),
]);

/** Reads the parameters of Publish; throws InvalidParameter. */
export function readPublication(parameters: URLSearchParams): Publication {
  const message = parameters.get("Message") ?? "";
  const subject = parameters.get("Subject") ?? undefined;
  const attributes = readAttributes(parameters);
  if (message === "") throw invalid("Empty message");
  if (Buffer.byteLength(message) + attributeBytes(attributes) > MAX_BYTES) throw invalid("Message too long");
  if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) throw invalid("Subject");
  return { subject, attributes, messageFor: readMessage(message, parameters.get("MessageStructure")) };
}

function readMessage(message: string, structure: string | null): (protocol: string) => string {
  if (structure === null) return () => message;
  if (structure !== "json") throw invalid("MessageStructure");
  const perProtocol = parse(PerProtocol, parseJson(message), (fault) => invalid(`Message Structure - ${fault}`));
  return (protocol) => perProtocol[protocol] ?? perProtocol.default;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Message Structure - JSON message body failed to parse");
  }
}

function readAttributes(parameters: URLSearchParams): MessageAttributes {
  const entries = queryList(parameters, "MessageAttributes.entry").map((entry) => {
    const value = (name: string) => entry.get(`Value.${name}`) ?? undefined;
    const [StringValue, BinaryValue] = [value("StringValue"), value("BinaryValue")];
    return [
      entry.get("Name") ?? "",
      { DataType: value("DataType"), ...(StringValue && { StringValue }), ...(BinaryValue && { BinaryValue }) },
    ];
  });
  const attributes = parse(MessageAttributes, Object.fromEntries(entries), (fault) =>
    invalid(`MessageAttributes${fault}`),
  );
  const fault = attributeFault(attributes);
  if (fault) throw invalid(fault);
  return attributes;
}

function invalid(what: string): AwsError {
  return new AwsError("InvalidParameter", 400, `Invalid parameter: ${what}`);
}
