import { Type } from "typebox";
import { parseAs } from "./program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "./program/recording.ts";

const SigningApi = Type.Object({ roleArn: Type.String(), environment: Type.Record(Type.String(), Type.String()) });

const SignerSettings = Type.Object({
  LATCHKEY_SIGNING_KEY_ID: Type.String(),
  LATCHKEY_SIGNING_SECRET_ARN: Type.String(),
});

const StackOutputs = Type.Object({
  bucketName: Type.String(),
  tableName: Type.String(),
  deadLetterQueueUrl: Type.String(),
  reconcilerFunctionName: Type.String(),
  userPoolId: Type.String(),
  userPoolClientId: Type.String(),
  identityPoolId: Type.String(),
  keyGroupId: Type.String(),
});

/** The role and the environment that the program gives its signing API. */
export function declaredSigningApi(recording: Recording) {
  const [component] = resourcesOf(recording, "latchkey:api:SigningApi");
  if (!component) throw new Error("the program declares no SigningApi, so there is no API to start");
  return parseAs(SigningApi, component.outputs, `${component.type} ${component.name}`);
}

const distributionParents = { media: "latchkey:cdn:MediaDistribution", api: "latchkey:edge:ApiDistribution" };
export type DistributionRole = keyof typeof distributionParents;

/** What a distribution is for, by the component that it is a part of; undefined for one of no such component. */
export function roleOfDistribution({ parent }: RecordedResource): DistributionRole | undefined {
  const type = parent.split("::")[2]?.split("$").at(-1);
  return type === distributionParents.media ? "media" : type === distributionParents.api ? "api" : undefined;
}

export function declaredDistribution(recording: Recording, role: DistributionRole): RecordedResource {
  const all = resourcesOf(recording, "aws:cloudfront/distribution:Distribution");
  const found = all.find((distribution) => roleOfDistribution(distribution) === role);
  if (!found) throw new Error(`the program declares no distribution in a ${distributionParents[role]}`);
  return found;
}

/** What tools need to know of the stack, by the names that the local cloud publishes. */
export function declaredNames(recording: Recording) {
  const outputs = parseAs(StackOutputs, recording.outputs, `the outputs of stack ${recording.stack}`);
  const signer = parseAs(SignerSettings, declaredSigningApi(recording).environment, "the signing API's environment");
  return {
    region: recording.region,
    bucket: outputs.bucketName,
    table: outputs.tableName,
    deadLetters: outputs.deadLetterQueueUrl,
    reconciler: outputs.reconcilerFunctionName,
    userPoolId: outputs.userPoolId,
    clientId: outputs.userPoolClientId,
    identityPoolId: outputs.identityPoolId,
    signer: {
      keyId: signer.LATCHKEY_SIGNING_KEY_ID,
      secretArn: signer.LATCHKEY_SIGNING_SECRET_ARN,
      keyGroupId: outputs.keyGroupId,
    },
  };
}
