import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Subject } from "../../interleave.ts";
import { openLoad } from "./load.ts";
import type { ServerName } from "./server.ts";

export interface Served extends Subject {
  close(): void;
}

const roundMicroseconds = 200_000;
const mostPerRound = 10_000;

/** A server in a process of its own, measured by the CPU time that it spends on a request, and not the load's. */
export async function served(name: string, server: ServerName, request: string, issuer: string): Promise<Served> {
  const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [server, issuer]);
  const load = await openLoad(await ask(child), request);
  let times = 500;
  return {
    name,
    async round() {
      const start = await ask(child);
      await load.send(times);
      const each = ((await ask(child)) - start) / times;
      times = Math.min(mostPerRound, Math.ceil(roundMicroseconds / each));
      return each;
    },
    close() {
      load.close();
      child.kill();
    },
  };
}

/** The server says its port once it listens, and from then on, when asked, the microseconds of CPU time it has used. */
function ask(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The server under measure ended with ${code}`));
    child.once("exit", onExit).once("message", (answer) => {
      child.off("exit", onExit);
      resolve(Number(answer));
    });
    child.send("?");
  });
}
