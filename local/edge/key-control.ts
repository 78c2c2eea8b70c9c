import { type Static, type TSchema, Type } from "typebox";
import { AwsError } from "../gateway/protocols.ts";
import { xmlElement } from "../gateway/xml.ts";
import type { AwsCall, AwsReply } from "../service.ts";
import { documentReply, type Route, readDocument, xmlns } from "./control-protocol.ts";
import type { Edge } from "./edge.ts";
import { type KeyGroup, mostKeysOfGroup, type PublicKey, versionOf } from "./key-registry.ts";
import { parseTrustedKey } from "./trusted-key.ts";

const Text = Type.String({ minLength: 1, maxLength: 2000 });
const Comment = Type.Optional(Type.String({ maxLength: 128 }));
const KeyDocument = Type.Object({
  PublicKeyConfig: Type.Object({ CallerReference: Text, Name: Text, EncodedKey: Text, Comment }),
});
const GroupDocument = Type.Object({
  KeyGroupConfig: Type.Object({
    Name: Text,
    Items: Type.Object({ PublicKey: Type.Array(Type.String(), { minItems: 1 }) }),
    Comment,
  }),
});

/** The part of CloudFront's control plane that a rotation of signing keys needs. */
export const keyRoutes: readonly Route[] = [
  { name: "CreatePublicKey", method: "POST", pattern: /^\/(public-key)$/, run: createPublicKey },
  { name: "GetPublicKey", method: "GET", pattern: /^\/(public-key)\/(\w+)$/, run: getPublicKey },
  { name: "DeletePublicKey", method: "DELETE", pattern: /^\/(public-key)\/(\w+)$/, run: deletePublicKey },
  { name: "GetKeyGroup", method: "GET", pattern: /^\/(key-group)\/([\w-]+)$/, run: getKeyGroup },
  { name: "UpdateKeyGroup", method: "PUT", pattern: /^\/(key-group)\/([\w-]+)$/, run: updateKeyGroup },
];

function createPublicKey(call: AwsCall, { keys, now }: Edge): AwsReply {
  const { CallerReference, Name, EncodedKey, Comment = "" } = read(KeyDocument, call).PublicKeyConfig;
  if (!parseTrustedKey(EncodedKey)) {
    throw new AwsError("InvalidArgument", 400, "Public keys are RSA of 2048 bits or ECDSA on P-256, as PEM.");
  }
  const config = { name: Name, callerReference: CallerReference, pem: EncodedKey, comment: Comment };
  const made = keys.create({ ...config, createdAt: now() });
  if (!made) throw new AwsError("PublicKeyAlreadyExists", 409, "A public key of this name or reference exists.");
  return { ...describedKey(made), status: 201 };
}

function getPublicKey(_: AwsCall, { keys }: Edge, id: string): AwsReply {
  return describedKey(keys.publicKey(id) ?? noSuch("PublicKey"));
}

function deletePublicKey(call: AwsCall, { keys }: Edge, id: string): AwsReply {
  const key = keys.publicKey(id) ?? noSuch("PublicKey");
  requireVersion(call, key);
  if (keys.isInUse(id)) throw new AwsError("PublicKeyInUse", 409, "The public key is in a key group.");
  if (keys.isDeclared(id)) throw new AwsError("AccessDenied", 403, "The public key is the program's own to take away.");
  keys.delete(id);
  return { status: 204, headers: {}, body: "" };
}

function getKeyGroup(_: AwsCall, { keys }: Edge, id: string): AwsReply {
  return describedGroup(keys.group(id) ?? noSuch("Resource"));
}

function updateKeyGroup(call: AwsCall, { keys, now }: Edge, id: string): AwsReply {
  const group = keys.group(id) ?? noSuch("Resource");
  const config = read(GroupDocument, call).KeyGroupConfig;
  requireVersion(call, group);
  if (config.Name !== group.name) throw new AwsError("InvalidArgument", 400, "A key group can't be renamed here.");
  const items = [...new Set(config.Items.PublicKey)];
  if (items.length > mostKeysOfGroup) {
    throw new AwsError("TooManyPublicKeysInKeyGroup", 400, `A key group has ${mostKeysOfGroup} public keys at most.`);
  }
  if (!items.every((item) => keys.publicKey(item))) {
    throw new AwsError("InvalidArgument", 400, "The key group names a public key that does not exist.");
  }
  keys.setItems(id, items, now());
  return describedGroup(keys.group(id) ?? noSuch("Resource"));
}

function read<T extends TSchema>(schema: T, { body }: AwsCall): Static<T> {
  return readDocument(schema, body.toString("utf8"));
}

/** Whoever read an older state would undo what another has written since. */
function requireVersion({ headers }: AwsCall, thing: object): void {
  const given = headers["if-match"];
  if (given === undefined) throw new AwsError("InvalidIfMatchVersion", 400, "The If-Match version is missing.");
  if (given !== versionOf(thing)) {
    throw new AwsError("PreconditionFailed", 412, "The If-Match version is not the current one.");
  }
}

function describedKey(key: PublicKey): AwsReply {
  const { id, name, callerReference, pem, comment, createdAt } = key;
  const config = { CallerReference: callerReference, Name: name, EncodedKey: pem, Comment: comment };
  const document = { Id: id, CreatedTime: createdAt, PublicKeyConfig: config };
  return documentReply(200, xmlElement("PublicKey", document, xmlns), { etag: versionOf(key) });
}

function describedGroup(group: KeyGroup): AwsReply {
  const items = group.items.map((item) => xmlElement("PublicKey", item)).join("");
  const config = `${xmlElement("Name", group.name)}<Items>${items}</Items>${xmlElement("Comment", group.comment)}`;
  const content = [
    xmlElement("Id", group.id),
    xmlElement("LastModifiedTime", group.changedAt),
    `<KeyGroupConfig>${config}</KeyGroupConfig>`,
  ].join("");
  return documentReply(200, `<KeyGroup${xmlns}>${content}</KeyGroup>`, { etag: versionOf(group) });
}

function noSuch(what: "PublicKey" | "Resource"): never {
  throw new AwsError(`NoSuch${what}`, 404, "The specified key or key group does not exist.");
}
