import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Subject } from "../interleave.ts";

const run = promisify(execFile);

/** ECDSA P-256 signatures by `openssl speed`, which tells what the machine can do without Node. Needs openssl in the path. */
export async function opensslP256(): Promise<Subject> {
  const version = await run("openssl", ["version"]).catch((cause: unknown) => {
    throw new Error("This bench measures against `openssl speed`: install openssl", { cause });
  });
  return {
    name: `openssl speed ecdsap256, ${version.stdout.split(" ").slice(0, 2).join(" ")}`,
    async round() {
      // -mr prints `+F4:<kind>:<bits>:<signatures per second of CPU time>:<verifications>`.
      const { stdout } = await run("openssl", ["speed", "-mr", "-seconds", "1", "ecdsap256"]);
      const perSecond = Number(/^\+F4:\d+:256:([\d.]+):/m.exec(stdout)?.[1]);
      if (!(perSecond > 0)) throw new Error(`openssl speed said something unexpected: ${stdout.trim()}`);
      return 1_000_000 / perSecond;
    },
  };
}
