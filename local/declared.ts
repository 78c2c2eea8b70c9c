import { Type } from "typebox";
import { parseAs } from "./program/parse-inputs.ts";
import { type Recording, resourcesOf } from "./program/recording.ts";

const SigningApi = Type.Object({ roleArn: Type.String(), environment: Type.Record(Type.String(), Type.String()) });

const StackOutputs = Type.Object({
  bucketName: Type.String(),
  tableName: Type.String(),
  userPoolId: Type.String(),
  userPoolClientId: Type.String(),
});

/** The role and the environment that the program gives its signing API. */
export function declaredSigningApi(recording: Recording) {
  const [component] = resourcesOf(recording, "latchkey:api:SigningApi");
  if (!component) throw new Error("the program declares no SigningApi, so there is no API to start");
  return parseAs(SigningApi, component.outputs, `${component.type} ${component.name}`);
}

/** What tools need to know of the stack, by the names that the local cloud publishes. */
export function declaredNames(recording: Recording) {
  const outputs = parseAs(StackOutputs, recording.outputs, `the outputs of stack ${recording.stack}`);
  return {
    region: recording.region,
    bucket: outputs.bucketName,
    table: outputs.tableName,
    userPoolId: outputs.userPoolId,
    clientId: outputs.userPoolClientId,
  };
}
