import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Operation } from "../../isolated.ts";

const connections = 32;

/**
 * Sends a request so often, one at a time on each of a few connections that are kept; rejects unless every answer is a 2xx.
 * Bare sockets, so that the client costs little beside the server.
 */
export async function openLoad(port: number, request: string): Promise<Operation> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  return async (times) => {
    let left = times;
    const sendWhileLeft = async (socket: Socket) => {
      while (left-- > 0) await exchange(socket, request);
    };
    await Promise.all(sockets.map(sendWhileLeft));
  };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket.setEncoding("latin1");
}

function exchange(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const onData = (chunk: string) => {
      answer += chunk;
      if (!isComplete(answer)) return;
      socket.off("data", onData).off("error", reject);
      if (/^HTTP\/1\.1 2/.test(answer)) resolve();
      else reject(new Error(`The server answered ${answer}`));
    };
    socket.on("data", onData).once("error", reject).write(request);
  });
}

function isComplete(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1];
  return head >= 0 && answer.length >= head + 4 + Number(length);
}
