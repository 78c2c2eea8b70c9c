import { readFile } from "node:fs/promises";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { type Static, type TObject, Type } from "typebox";
import { Value } from "typebox/value";

/** The command was asked for something that it can't do; its message says what to ask for instead. */
export class UsageError extends Error {}

const Running = Type.Object({
  aws: Type.String(),
  region: Type.String(),
  admin: Type.Object({ accessKeyId: Type.String(), secretAccessKey: Type.String() }),
});

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * What a running local cloud says of itself, and how its administrator reaches its AWS APIs. Throws a UsageError that says
 * what to do `otherwise` when none runs on the data folder.
 */
export async function findLocalCloud<T extends TObject>(
  facts: T,
  { dataDir, otherwise }: { dataDir: string; otherwise: string },
): Promise<Static<T> & { readonly client: ClientConfig }> {
  const text = await readFile(`${dataDir}/local.json`, "utf8").catch(() => {
    throw new UsageError(
      `No local cloud runs on the data folder ${dataDir}: start one with npm start, or ${otherwise}.`,
    );
  });
  const local: unknown = JSON.parse(text);
  if (!Value.Check(Running, local) || !Value.Check(facts, local)) {
    throw new UsageError(
      `${dataDir}/local.json is of another version: stop the local cloud and start it again with npm start.`,
    );
  }
  const { aws: endpoint, region, admin: credentials } = local;
  return { ...local, client: { endpoint, region, credentials } };
}

/** What every command takes. */
const common = {
  data: { type: "string", default: ".latchkey" },
  // Without a default, so that it is there only when it was asked for.
  help: { type: "boolean" },
} as const satisfies ParseArgsOptionsConfig;

type Read<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options & typeof common }>
>["values"];

/**
 * Runs a command to its end with the options that it was given; says what went wrong in a line, and ends with 2 for a wrong
 * use and 1 for anything else.
 */
export function runCommand<Options extends ParseArgsOptionsConfig>(
  { usage, options }: { usage: string; options: Options },
  main: (values: Read<Options>) => Promise<void>,
): void {
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") {
      console.error("Nothing answers there: start the local cloud with npm start.");
    }
    process.exitCode = error instanceof UsageError ? 2 : 1;
  });

  async function run(): Promise<void> {
    const values = read();
    return "help" in values ? console.log(usage) : main(values);
  }

  function read(): Read<Options> {
    try {
      return parseArgs({ options: { ...options, ...common } }).values;
    } catch (error) {
      throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    }
  }
}
