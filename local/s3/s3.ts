import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Address, listen } from "../listen.ts";
import type { RunningService, ServiceContext } from "../service.ts";
import { createBucketCatalog } from "./buckets/bucket-catalog.ts";
import { type Deliver, startDeliverer } from "./events/deliverer.ts";
import type { S3Service } from "./exchange.ts";
import { handle } from "./handle.ts";
import { sweepLifecycle } from "./lifecycle/sweep.ts";
import { openStore } from "./store/store.ts";

export interface RunningS3 extends RunningService {
  /** Applies the buckets' lifecycle rules as of now, which otherwise happens every hour. */
  sweep(): void;
}

const minute = 60 * 1000;
const hour = 60 * minute;

/**
 * Stands up the buckets that the program declares. Rejects with an Error that says what to do when the data folder is
 * damaged or in use, when the port is taken, or when a bucket's settings cannot be read.
 */
export async function startS3(context: ServiceContext & { deliver: Deliver }, address: Address): Promise<RunningS3> {
  const { recording, credentials, authorize, log, now, deliver } = context;
  const store = await openStore(context.dataDir);
  try {
    const buckets = createBucketCatalog({ recording, store, now });
    const service = { recording, credentials, authorize, log, store, buckets };
    const sweep = () => sweepLifecycle(service, now());
    // It reads the settings of every bucket: what is wrong with them is better told now than to the first client.
    sweep();
    const answering = new Set<Promise<void>>();
    const listening = await listen(serve(service, now, answering), address);
    const deliverer = startDeliverer({ outbox: store.outbox, deliver, now, log });
    const sweeper = setInterval(() => logged("lifecycle", sweep, log), hour).unref();
    return {
      url: listening.url,
      sweep,
      async close() {
        clearInterval(sweeper);
        await listening.close();
        await Promise.all([...answering, deliverer.close()]);
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** `answering` holds the requests that are not answered yet. */
function serve(service: S3Service, now: () => Date, answering: Set<Promise<void>>): Server {
  const server = createServer();
  // An upload may take as long as it takes, and SDKs keep connections for later.
  server.requestTimeout = 0;
  server.keepAliveTimeout = minute;
  const answer = (message: IncomingMessage, response: ServerResponse, sendContinue: () => void) => {
    const answered = handle(service, { message, sendContinue }, response, now())
      .catch((error: unknown) => {
        service.log(`s3 failed to answer: ${reasonOf(error)}`);
        response.destroy();
      })
      .finally(() => answering.delete(answered));
    answering.add(answered);
  };
  server.on("request", (message, response) => answer(message, response, () => {}));
  server.on("checkContinue", (message, response) => answer(message, response, () => response.writeContinue()));
  return server;
}

/** Nobody waits for what a timer does, so nobody would hear that it failed. */
function logged(what: string, work: () => void, log: (line: string) => void): void {
  try {
    work();
  } catch (error) {
    log(`s3 ${what} failed: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
