import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Address, listen } from "../listen.ts";
import type { RunningService, ServiceContext } from "../service.ts";
import { createBucketCatalog } from "./buckets/bucket-catalog.ts";
import { type Deliver, startDeliverer } from "./events/deliverer.ts";
import { handle } from "./handle.ts";
import { sweepLifecycle } from "./lifecycle/sweep.ts";
import { openStore } from "./store/store.ts";

export interface RunningS3 extends RunningService {
  /** Applies the buckets' lifecycle rules as of now, which otherwise happens every hour. */
  sweep(): void;
}

const hour = 60 * 60 * 1000;

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
    // Settings that cannot be read are better told now than to the first client.
    buckets.list();
    const server = createServer();
    // An upload may take as long as it takes.
    server.requestTimeout = 0;
    const answer = (message: IncomingMessage, response: ServerResponse, sendContinue: () => void) => {
      handle(service, { message, sendContinue }, response, now()).catch((error: unknown) => {
        log(`s3 failed to answer: ${error instanceof Error ? error.stack : String(error)}`);
        response.destroy();
      });
    };
    server.on("request", (message, response) => answer(message, response, () => {}));
    server.on("checkContinue", (message, response) => answer(message, response, () => response.writeContinue()));

    const listening = await listen(server, address);
    const deliverer = startDeliverer({ outbox: store.outbox, deliver, now, log });
    const sweep = () => sweepLifecycle(service, now());
    const sweeper = setInterval(sweep, hour).unref();
    return {
      url: listening.url,
      sweep,
      async close() {
        clearInterval(sweeper);
        await listening.close();
        await deliverer.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
