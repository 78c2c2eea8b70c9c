import { createHash } from "node:crypto";
import Type, { type Static } from "typebox";

/** A typed fact beside a message's body, as the SQS API carries it. */
export const MessageAttribute = Type.Object({
  DataType: Type.String({ pattern: "^(String|Number|Binary)(\\..{1,240})?$" }),
  StringValue: Type.Optional(Type.String({ minLength: 1 })),
  /** Base64. */
  BinaryValue: Type.Optional(Type.String({ minLength: 1 })),
});
export type MessageAttribute = Static<typeof MessageAttribute>;

export const MessageAttributes = Type.Record(Type.String({ pattern: "^[A-Za-z0-9_.-]{1,256}$" }), MessageAttribute);
export type MessageAttributes = Static<typeof MessageAttributes>;

/** Says what is wrong with attributes of the right shape, or nothing. */
export function attributeFault(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes);
  if (names.length > 10) return `Number of message attributes [${names.length}] exceeds the allowed maximum [10].`;
  const reserved = names.find((name) => /^(aws|amazon)\./i.test(name));
  if (reserved) return `Message attribute name '${reserved}' is reserved for AWS.`;
  const empty = Object.entries(attributes).find(([, attribute]) => bytesOf(attribute).length === 0);
  if (empty) return `Message attribute '${empty[0]}' needs a value of its type '${empty[1].DataType}'.`;
  return undefined;
}

/** What attributes add to a message's size. */
export function attributeBytes(attributes: MessageAttributes): number {
  const sizes = Object.entries(attributes).map(
    ([name, attribute]) => Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + bytesOf(attribute).length,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The digest that clients check: every name, type and value with its length before it, by name. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, attribute] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(isBinary(attribute) ? 2 : 1));
    add(bytesOf(attribute));
  }
  return hash.digest("hex");
}

/** The attributes that a receive asks for: by name, by `prefix.*`, or all by `All` or `.*`. */
export function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  const isWanted = (name: string) =>
    wanted.some((pattern) =>
      pattern === "All" || pattern === ".*"
        ? true
        : pattern.endsWith(".*")
          ? name.startsWith(pattern.slice(0, -1))
          : name === pattern,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

function isBinary({ DataType }: MessageAttribute): boolean {
  return DataType.startsWith("Binary");
}

function bytesOf(attribute: MessageAttribute): Buffer {
  return isBinary(attribute)
    ? Buffer.from(attribute.BinaryValue ?? "", "base64")
    : Buffer.from(attribute.StringValue ?? "");
}
