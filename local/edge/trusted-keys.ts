import { createPublicKey, type KeyObject } from "node:crypto";
import { Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";

const KeyGroup = Type.Object({ items: Type.Array(Type.String(), { minItems: 1, maxItems: 5 }) });
const PublicKey = Type.Object({ encodedKey: Type.String() });

/** The public keys of key groups by their ids; throws an Error that names the key that CloudFront would not take. */
export function trustedKeys(recording: Recording, keyGroupIds: readonly string[]): ReadonlyMap<string, KeyObject> {
  const ids = keyGroupIds.flatMap(
    (id) => parseInputs(KeyGroup, find(recording, "aws:cloudfront/keyGroup:KeyGroup", id)).items,
  );
  return new Map(ids.map((id) => [id, publicKey(find(recording, "aws:cloudfront/publicKey:PublicKey", id))]));
}

function publicKey(resource: RecordedResource): KeyObject {
  const key = parsePem(parseInputs(PublicKey, resource).encodedKey);
  const details = key?.asymmetricKeyDetails;
  const accepted =
    (key?.asymmetricKeyType === "rsa" && details?.modulusLength === 2048) ||
    (key?.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1");
  if (key === undefined || !accepted) {
    throw new Error(
      `${resource.type} ${resource.name}: CloudFront takes RSA keys of 2048 bits and ECDSA keys on P-256, as PEM`,
    );
  }
  return key;
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function find(recording: Recording, type: string, id: string): RecordedResource {
  const found = resourcesOf(recording, type).find((resource) => resource.id === id);
  if (found === undefined) throw new Error(`the program declares no ${type} with the id ${id}`);
  return found;
}
