import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Address } from "./listen.ts";
import type { RunningService } from "./service.ts";

const server = fileURLToPath(new URL("../api/server.ts", import.meta.url));
const endWithParent = new URL("end-with-parent.ts", import.meta.url).href;
const startLimitMs = 15_000;

/**
 * Runs the signing API as a process of its own, with the environment that the program declares for it and nothing of ours,
 * and resolves once it answers. Rejects with its last words when it does not start. It ends with us, even if we are killed.
 */
export async function startApiProcess(
  environment: Readonly<Record<string, string>>,
  { port, host }: Address,
  log: (line: string) => void,
): Promise<RunningService> {
  const child = spawn(process.execPath, ["--import", endWithParent, server], {
    // PATH is all that it needs of ours to run; Node itself passes a coverage run on.
    env: { ...environment, HOST: host, PORT: String(port), PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const lastWords = relayLines(child, log);
  const url = `http://${host}:${port}`;
  const exited = once(child, "exit");
  const close = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  try {
    await Promise.race([
      untilHealthy(url),
      exited.then(() => {
        throw new Error(`the signing API ended while starting:\n${lastWords()}`);
      }),
    ]);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

/** Resolves once an API is ready; rejects when that takes too long. */
export async function untilHealthy(url: string): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await delay(50);
  }
  throw new Error(
    `the signing API did not become ready within ${startLimitMs / 1000} s; run with --verbose to see its log.`,
  );
}

/** Passes a child's lines to the log and keeps the last few, for the error if it dies. */
function relayLines(child: ChildProcess, log: (line: string) => void): () => string {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n").filter(Boolean)) {
        log(`api: ${line}`);
        kept.push(line);
        if (kept.length > 20) kept.shift();
      }
    });
  }
  return () => kept.join("\n");
}
