import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Credentials } from "../iam/types.ts";
import { signHeaders } from "../sigv4/sign.ts";
import type { Origin } from "./distribution.ts";
import { EdgeError, unsatisfied } from "./edge-error.ts";
import { endToEnd, type Headers, single } from "./headers.ts";

/** CloudFront's default origin response timeout. */
const responseTimeoutMs = 30_000;

export interface OriginResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readable;
}

export interface OriginClientOptions {
  /** Where a domain name is answered locally, path included; undefined when nothing here stands for it. */
  readonly origins: (domainName: string) => string | undefined;
  /** Of CloudFront itself, acting for this distribution. */
  readonly credentials: () => Credentials;
  readonly region: string;
  readonly now: () => Date;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  readonly body?: Readable | undefined;
}

/** Asks origins, signed with Signature Version 4 where origin access control says so. */
export class OriginClient {
  readonly #options: OriginClientOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(options: OriginClientOptions) {
    this.#options = options;
  }

  /** Resolves with the response's head; the body must be read or destroyed. Throws 502 and 504 as CloudFront answers them. */
  async ask(origin: Origin, asked: Asked): Promise<OriginResponse> {
    const base = this.#options.origins(origin.domainName);
    if (base === undefined) throw unsatisfied(502, "CloudFront could not resolve the origin's domain name.");
    const url = new URL(`${base}${origin.path}${asked.path}${asked.query === "" ? "" : `?${asked.query}`}`);
    const headers = this.#headersFor(origin, url, asked);
    const response = await this.#send(url, asked, headers);
    return { status: response.statusCode ?? 502, headers: endToEnd(response.headers), body: response };
  }

  close(): void {
    this.#agent.destroy();
  }

  #headersFor(origin: Origin, url: URL, { method, headers }: Asked): Headers {
    const plain = {
      "user-agent": "Amazon CloudFront",
      via: "1.1 latchkey.cloudfront.net (CloudFront)",
      ...headers,
      ...origin.headers,
    };
    const signs =
      origin.signing === "always" || (origin.signing === "no-override" && headers.authorization === undefined);
    if (!signs) return { ...plain, host: url.host };
    const { authorization: _, ...unsigned } = Object.fromEntries(
      Object.keys(plain).map((name) => [name, single(plain, name) ?? ""]),
    );
    return signHeaders({
      method,
      url,
      headers: unsigned,
      credentials: this.#options.credentials(),
      service: "s3",
      region: /\.s3[.-]([a-z0-9-]+)\.amazonaws\.com$/.exec(origin.domainName)?.[1] ?? this.#options.region,
      now: this.#options.now(),
      payloadHash: "UNSIGNED-PAYLOAD",
    });
  }

  #send(url: URL, { method, body }: Pick<Asked, "method" | "body">, headers: Headers): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { method, headers, agent: this.#agent, timeout: responseTimeoutMs });
      request.once("response", (response) => {
        // From here on a viewer's own slowness may hold the connection still.
        request.setTimeout(0);
        // A body that nobody wants may still break off.
        response.on("error", () => undefined);
        resolve(response);
      });
      request.once("timeout", () => {
        request.destroy(unsatisfied(504, "The origin did not answer in time."));
      });
      request.once("error", (error: NodeJS.ErrnoException) => {
        // The origin may close an idle connection in the moment in which it is used again.
        if (request.reusedSocket && error.code === "ECONNRESET" && body === undefined) {
          resolve(this.#send(url, { method }, headers));
        } else {
          reject(error instanceof EdgeError ? error : unsatisfied(502, "CloudFront could not connect to the origin."));
        }
      });
      if (body === undefined) request.end();
      else pipeline(body, request).catch((error) => request.destroy(error));
    });
  }
}
