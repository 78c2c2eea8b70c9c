import { Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";

const OneKey = Type.Object({ key: Type.String(), keyValueStoreArn: Type.String(), value: Type.String() });
const AllKeys = Type.Object({
  keyValueStoreArn: Type.String(),
  resourceKeyValuePairs: Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: Type.String() }))),
});

/** What the program put into the key value store of an ARN. */
export function keyValues(recording: Recording, arn: string): Readonly<Record<string, string>> {
  const single = resourcesOf(recording, "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey")
    .map((resource) => parseInputs(OneKey, resource))
    .filter(({ keyValueStoreArn }) => keyValueStoreArn === arn);
  const many = resourcesOf(recording, "aws:cloudfront/keyvaluestoreKeysExclusive:KeyvaluestoreKeysExclusive")
    .map((resource) => parseInputs(AllKeys, resource))
    .filter(({ keyValueStoreArn }) => keyValueStoreArn === arn)
    .flatMap(({ resourceKeyValuePairs = [] }) => resourceKeyValuePairs);
  return Object.fromEntries([...single, ...many].map(({ key, value }) => [key, value]));
}
