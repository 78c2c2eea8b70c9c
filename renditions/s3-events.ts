/** What S3 says of one object of the bucket. */
export interface ObjectEvent {
  readonly kind: "created" | "removed";
  readonly key: string;
  readonly versionId?: string;
  /** Orders the events of one key, and so tells a repeated event from another one. */
  readonly sequencer: string;
}

/**
 * The events in the body of an S3 notification; none in the test message that S3 sends when a queue is connected.
 * Throws SyntaxError or TypeError for a body of another shape.
 */
export function parseObjectEvents(body: string): ObjectEvent[] {
  const notification: unknown = JSON.parse(body);
  if (field(notification, "Event") === "s3:TestEvent") return [];
  const records = field(notification, "Records");
  if (!Array.isArray(records)) throw new TypeError("The message is no S3 notification: it has no Records");
  return records.map(parseRecord);
}

function parseRecord(record: unknown): ObjectEvent {
  const object = field(field(record, "s3"), "object");
  const versionId = field(object, "versionId");
  return {
    kind: kindOf(string(record, "eventName")),
    // Form encoding: a space comes as a plus sign.
    key: decodeURIComponent(string(object, "key").replaceAll("+", " ")),
    sequencer: string(object, "sequencer"),
    ...(typeof versionId === "string" && { versionId }),
  };
}

function kindOf(eventName: string): ObjectEvent["kind"] {
  if (eventName.startsWith("ObjectCreated:")) return "created";
  // The scanner has come to a verdict: the upload is looked at again at once, and not when its first event comes back.
  if (eventName === "ObjectTagging:Put") return "created";
  if (eventName.startsWith("ObjectRemoved:")) return "removed";
  throw new TypeError(`The worker was sent an event that it does not expect: ${eventName}`);
}

function string(value: unknown, name: string): string {
  const text = field(value, name);
  if (typeof text !== "string") throw new TypeError(`The S3 notification has no ${name}`);
  return text;
}

function field(value: unknown, name: string): unknown {
  return value instanceof Object ? Reflect.get(value, name) : undefined;
}
