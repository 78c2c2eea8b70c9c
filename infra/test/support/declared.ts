import { fileURLToPath } from "node:url";
import { type RecordedResource, type Recording, resourcesOf } from "../../../local/program/recording.ts";
import { runProgram } from "../../../local/program/run.ts";
import { readStackFile, type StackFile } from "../../../local/program/stack-file.ts";
import { madeKey } from "./made-key.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What the program declares for a stack file of the repository, with some keys set otherwise. */
export async function declare(stack: string, config: Readonly<Record<string, string>> = {}): Promise<Recording> {
  const stackFile: StackFile = await readStackFile(root, stack);
  return runProgram({
    stackFile: { ...stackFile, config: { ...stackFile.config, ...config } },
    invoke: async () => madeKey,
  });
}

/** The only resource of a type, or of that type and name. */
export function theOne(recording: Recording, type: string, name?: string): RecordedResource {
  const found = resourcesOf(recording, type).filter((resource) => name === undefined || resource.name === name);
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${found.length} resources of type ${type}, not one`);
  return one;
}

/** A policy or other JSON text of a resource. */
export function json(resource: RecordedResource, input: string) {
  return JSON.parse(String(resource.inputs[input]));
}
