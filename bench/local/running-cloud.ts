import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";

const Addresses = Type.Object({
  api: Type.String(),
  media: Type.String(),
  identity: Type.String(),
  clientId: Type.String(),
  users: Type.Array(Type.Object({ username: Type.String(), password: Type.String() })),
  s3: Type.String(),
  aws: Type.String(),
  region: Type.String(),
  bucket: Type.String(),
  table: Type.String(),
  signer: Type.Object({ keyId: Type.String(), secretArn: Type.String() }),
  admin: Type.Object({ accessKeyId: Type.String(), secretAccessKey: Type.String() }),
});

const main = fileURLToPath(new URL("../../local/main.ts", import.meta.url));
const limitMs = 60_000;

/** `npm start` as its own process, as a user has it; resolves once it has said where it is. */
export async function startRunningCloud(dataDir: string, port: number) {
  const started = performance.now();
  const child = spawn(process.execPath, [main, "--data", dataDir, "--port", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const exited = once(child, "exit");
  const file = join(dataDir, "local.json");
  let text: string | undefined;
  while (text === undefined) {
    if (child.exitCode !== null) throw new Error(`npm start failed: ${complaint}`);
    if (performance.now() - started > limitMs) throw new Error(`npm start was not ready within ${limitMs / 1000} s`);
    await delay(20);
    text = await readFile(file, "utf8").catch(() => undefined);
  }
  return {
    addresses: Value.Parse(Addresses, JSON.parse(text)),
    pid: child.pid ?? 0,
    secondsToReady: (performance.now() - started) / 1000,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

export type RunningCloud = Awaited<ReturnType<typeof startRunningCloud>>;
