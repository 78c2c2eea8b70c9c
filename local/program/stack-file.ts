import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

/** What `pulumi up` would hand to the program of one stack. */
export interface StackFile {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** By full key, such as `latchkey:webOrigins`; lists and objects are JSON text. */
  readonly config: Readonly<Record<string, string>>;
}

/** A project or stack file that can't be used; the message names the file and, a line for each fault, the mend. */
export class StackFileError extends Error {}

type Yaml = Readonly<Record<string, unknown>>;

const typeChecks: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  array: Array.isArray,
  object: isObject,
};

/** Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` of a folder; throws StackFileError. */
export async function readStackFile(folder: string, stack: string): Promise<StackFile> {
  if (!/^[\w.-]{1,100}$/.test(stack)) {
    throw new StackFileError(`${JSON.stringify(stack)} is no name of a stack; use letters, digits, -, _ and . only`);
  }
  const projectFile = await readYaml(folder, "Pulumi.yaml", async () => "run this in the folder of the project");
  const project = projectFile.name;
  if (typeof project !== "string") throw new StackFileError("Pulumi.yaml: name is missing; give the project a name");

  const fileName = `Pulumi.${stack}.yaml`;
  const stackFile = await readYaml(folder, fileName, async () => {
    const stacks = await stacksOf(folder);
    return `there is no stack ${JSON.stringify(stack)}; there are ${stacks.join(", ") || "none"}`;
  });
  const values = section(stackFile, "config", fileName);
  refuseEncrypted(values, fileName);
  const config: Record<string, string> = {};
  const faults: string[] = [];
  for (const [key, declaration] of Object.entries(section(projectFile, "config", "Pulumi.yaml"))) {
    const fullKey = key.includes(":") ? key : `${project}:${key}`;
    const value = values[fullKey] ?? defaultOf(declaration);
    if (value === undefined) continue;
    faults.push(...typeFaults(fullKey, value, declaration));
    config[fullKey] = asText(value);
  }
  for (const [key, value] of Object.entries(values)) config[key] ??= asText(value);

  const { "aws:region": region = "" } = config;
  if (region === "") faults.push("aws:region is missing; set it, for example to us-east-1");
  if (faults.length > 0) throw new StackFileError(faults.map((fault) => `${fileName}: ${fault}`).join("\n"));
  return { project, stack, region, config };
}

/** The stacks that a folder has files for. */
export async function stacksOf(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []).sort();
}

async function readYaml(folder: string, name: string, explainAbsence: () => Promise<string>): Promise<Yaml> {
  let text: string;
  try {
    text = await readFile(join(folder, name), "utf8");
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!absent) throw new StackFileError(`${name} can't be read: ${String(error)}`);
    throw new StackFileError(`${join(folder, name)} is missing; ${await explainAbsence()}`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new StackFileError(`${name} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw new StackFileError(`${name} holds no settings; see Pulumi.dev.yaml for an example`);
  return value;
}

function section(file: Yaml, name: string, fileName: string): Yaml {
  const value = file[name] ?? {};
  if (!isObject(value)) throw new StackFileError(`${fileName}: ${name} must be a map of keys to values`);
  return value;
}

function refuseEncrypted(values: Yaml, fileName: string): void {
  const encrypted = Object.entries(values).find(([, value]) => isObject(value) && "secure" in value);
  if (!encrypted) return;
  throw new StackFileError(`${fileName}: ${encrypted[0]} is encrypted, and only Pulumi can read it; use another stack`);
}

/** A declaration has `default`; a setting for every stack has `value`, or is the value itself. */
function defaultOf(declaration: unknown): unknown {
  return isObject(declaration) ? (declaration.default ?? declaration.value) : declaration;
}

function typeFaults(key: string, value: unknown, declaration: unknown): string[] {
  const type = isObject(declaration) ? declaration.type : undefined;
  if (typeof type !== "string") return [];
  const check = typeChecks[type];
  if (!check) throw new StackFileError(`Pulumi.yaml: ${key} has the type ${type}, which is not one of Pulumi's`);
  return check(value) ? [] : [`${key} is ${JSON.stringify(value)}; it must be of type ${type}`];
}

function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isObject(value: unknown): value is Yaml {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
