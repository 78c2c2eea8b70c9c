import { once } from "node:events";
import { rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Cloud, startCloud } from "./cloud.ts";
import { addressesFile } from "./data-folder.ts";
import { describeCloud } from "./describe.ts";

const usage = `npm start -- [--port N] [--data DIR] [--stack NAME] [--lambda] [--verbose]

  --port N      the first of five ports on 127.0.0.1 (default 4000)
  --data DIR    where photos, tables and keys are kept (default .latchkey)
  --stack NAME  the stack file to run, Pulumi.NAME.yaml (default dev)
  --lambda      serve the API by its function, behind its HTTP API and its distribution, as AWS does
  --verbose     print every request and event of the local services`;

class UsageError extends Error {}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "4000" },
        data: { type: "string", default: ".latchkey" },
        stack: { type: "string", default: "dev" },
        lambda: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const port = /^\d{4,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    if (!(port >= 1024 && port <= 65_530)) {
      throw new UsageError(`--port ${values.port}: give a whole number from 1024 to 65530.`);
    }
    if (values.data === "") throw new UsageError("--data names no folder: give one, or leave it out for .latchkey.");
    return { ...values, port, data: resolve(values.data) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** Where tools and tests find the running cloud; its absence says that nothing runs. */
async function writeAddresses(file: string, cloud: Cloud): Promise<void> {
  const { api, media, s3, identity, aws, users } = cloud;
  const { region, userPoolId, clientId, identityPoolId, bucket, table, deadLetters, reconciler, signer } = cloud;
  const { accessKeyId, secretAccessKey } = cloud.admin;
  const admin = { accessKeyId, secretAccessKey };
  const stack = { region, userPoolId, clientId, identityPoolId, bucket, table, deadLetters, reconciler, signer };
  const facts = { api, media, s3, identity, aws, ...stack, users, admin };
  // Renamed into place: whoever waits for the file reads it as soon as it is there.
  await writeFile(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options.help) return console.log(usage);

  const stopping = new AbortController();
  stopping.signal.onabort = () => console.log("\nStopping …");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Not once: Ctrl-C may come from the terminal and again from npm and the launcher, which pass it on.
    process.on(signal, () => stopping.abort(new Error("it was told to stop.")));
  }
  const started = performance.now();
  const log = options.verbose ? (line: string) => console.log(line) : () => {};
  const cloud = await startCloud({
    stack: options.stack,
    dataDir: options.data,
    port: options.port,
    lambda: options.lambda,
    log,
    onStep: (step) => {
      stopping.signal.throwIfAborted();
      console.log(`  ${step}`);
    },
  });
  const addresses = join(options.data, addressesFile);
  await writeAddresses(addresses, cloud);
  console.log(describeCloud(cloud, { seconds: (performance.now() - started) / 1000, dataDir: options.data }));

  if (!stopping.signal.aborted) await once(stopping.signal, "abort");
  await rm(addresses, { force: true });
  await cloud.stop();
  console.log("Stopped. Your photos are kept; `npm start` brings them back.");
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\nLatchkey did not start: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    process.exit(1);
  },
);
