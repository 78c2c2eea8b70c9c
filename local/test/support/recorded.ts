import type { RecordedResource, Recording } from "../../program/recording.ts";

/** A resource as the program's run would have recorded it. */
export function recorded(
  type: string,
  name: string,
  inputs: RecordedResource["inputs"],
  outputs: RecordedResource["outputs"] & { readonly id?: string } = {},
): RecordedResource {
  return {
    urn: `urn:pulumi:test::latchkey::${type}::${name}`,
    type,
    name,
    custom: true,
    parent: "",
    id: outputs.id ?? name,
    inputs,
    outputs: { ...inputs, ...outputs },
    dependsOn: [],
    protect: false,
  };
}

export function recordingOf(...resources: RecordedResource[]): Recording {
  return {
    project: "latchkey",
    stack: "test",
    region: "eu-central-1",
    accountId: "000000000000",
    resources,
    outputs: {},
  };
}
