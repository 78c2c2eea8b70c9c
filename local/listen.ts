import type { Server } from "node:http";
import type { RunningService } from "./service.ts";

export interface Address {
  /** 0 asks the system for a free port. */
  readonly port: number;
  readonly host: string;
}

/** Opens a server on its address; a port in use ends in a sentence that says what to do. */
export async function listen(server: Server, { port, host }: Address): Promise<RunningService> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        inUse
          ? new Error(`port ${port} on ${host} is in use: stop what listens there, or choose others with --port N.`)
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server listens on no TCP port");
  return {
    url: `http://${host}:${bound.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
