import type { IncomingHttpHeaders } from "node:http";
import type { Authorize, CredentialLookup, Principal } from "./iam/types.ts";
import type { Recording } from "./program/recording.ts";

/** What every local service is given. Nothing else tells a service what to be. */
export interface ServiceContext {
  /** Grows while the program runs: look things up when asked, not at start. */
  readonly recording: Recording;
  /** A folder of the service's own, which survives restarts. */
  readonly dataDir: string;
  readonly credentials: CredentialLookup;
  readonly authorize: Authorize;
  readonly now: () => Date;
  /** One line for `npm start`'s log; never a signature, token or key. */
  readonly log: (line: string) => void;
}

/** A service that listens on loopback. */
export interface RunningService {
  /** `http://127.0.0.1:4002`, without a slash at the end. */
  readonly url: string;
  /** Ends open connections, flushes, and resolves when the port is free. */
  close(): Promise<void>;
}

/** A call to a control-plane API, its signature already verified by the gateway. */
export interface AwsCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly principal: Principal;
}

export interface AwsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** One AWS API behind the gateway, found by the service name of the request's credential scope. */
export interface AwsApi {
  readonly service: string;
  /** The longest request body that it takes; 2 MiB when left out. */
  readonly maxBodyBytes?: number;
  call(call: AwsCall): Promise<AwsReply>;
  close?(): Promise<void>;
}
