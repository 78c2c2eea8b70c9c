import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Subject } from "../../interleave.ts";
import type { Issuer } from "./issuer.ts";
import type { ServerName } from "./server.ts";

export interface Served extends Subject {
  close(): void;
}

const roundMicroseconds = 200_000;
const mostPerRound = 10_000;

/** A server and its load in one process of their own, which says what CPU time a request took both of them. */
export async function served(name: string, server: ServerName, { url, token }: Issuer): Promise<Served> {
  const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [server, url, token]);
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`The server under measure ended with ${code}`));
      child.once("exit", onExit).once("message", (message) => {
        child.off("exit", onExit);
        resolve(message);
      });
    });
  await answer();
  let times = 500;
  return {
    name,
    async round() {
      child.send(times);
      const each = Number(await answer());
      times = Math.min(mostPerRound, Math.ceil(roundMicroseconds / each));
      return each;
    },
    close: () => void child.kill(),
  };
}
