import Fastify from "fastify";
import { app } from "./app.ts";
import { compileAtStart } from "./compilers/at-start.ts";
import { compose } from "./compose.ts";
import { parseConfig } from "./config.ts";
import { serverOptions } from "./server-options.ts";

/** What is under way when the process is told to stop may take this long to end. */
const graceMs = 10_000;

const config = readConfig();
const server = Fastify(
  serverOptions({
    schemaController: compileAtStart(),
    level: config.LATCHKEY_LOG_LEVEL,
    trustedProxies: config.LATCHKEY_TRUSTED_PROXIES,
  }),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);

try {
  await server.register(app, await compose(config));
  await server.listen({ host: config.HOST, port: config.PORT });
} catch (error) {
  fail(describe(error));
}

function readConfig() {
  try {
    return parseConfig(process.env);
  } catch (error) {
    return fail(describe(error));
  }
}

async function stop(): Promise<void> {
  setTimeout(() => fail(`Requests were still under way ${graceMs / 1000} s after the signal to stop`), graceMs).unref();
  await server.close();
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    return `Port ${config.PORT} of ${config.HOST} is in use: stop what listens there, or set PORT to another one`;
  }
  return error.message;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
