import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Edge, startEdge } from "../../edge/edge.ts";
import type { Credentials } from "../../iam/types.ts";
import { listen } from "../../listen.ts";
import type { RecordedResource } from "../../program/recording.ts";
import type { ServiceContext } from "../../service.ts";
import { recorded, recordingOf } from "./recorded.ts";

/** Made once: RSA keys take their time. */
export const keys = {
  K1RSA: pemPair(generateKeyPairSync("rsa", { modulusLength: 2048 })),
  K2ECDSA: pemPair(generateKeyPairSync("ec", { namedCurve: "prime256v1" })),
  K3OTHER: pemPair(generateKeyPairSync("ec", { namedCurve: "prime256v1" })),
};

function pemPair({ publicKey, privateKey }: KeyPairKeyObjectResult) {
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

export type KeyId = keyof typeof keys;

export const distributionArn = "arn:aws:cloudfront::000000000000:distribution/E1TEST";
export const distributionDomain = "d1test.cloudfront.net";
export const bucketDomain = "media-bucket.s3.eu-central-1.amazonaws.com";

export const cloudFront: Credentials = {
  accessKeyId: "AKIACLOUDFRONT",
  secretAccessKey: "a secret of the test's own",
  principal: {
    kind: "service",
    service: "cloudfront.amazonaws.com",
    sourceArn: distributionArn,
    accountId: "000000000000",
  },
};

export interface AskedOrigin {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Another address of loopback to come from. */
  readonly from?: string;
}

export interface TestEdge {
  readonly edge: Edge;
  readonly dataDir: string;
  readonly logs: readonly string[];
  /** What the origin was asked, in order. */
  readonly asked: AskedOrigin[];
  /** Read by the edge; set it to travel in time. */
  now: Date;
  /** How the origin answers; set it to change its mind. */
  origin: (message: IncomingMessage, response: ServerResponse) => void;
  /** Sends a path just as it is written, which `fetch` would tidy up. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Ends the edge, and leaves its folder to look at. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestEdgeOptions {
  readonly behaviour?: object;
  readonly cachePolicy?: object;
  /** `parametersInCacheKeyAndForwardedToOrigin` */
  readonly cacheKey?: object;
  readonly distribution?: object;
  readonly resources?: readonly RecordedResource[];
  readonly cacheBytes?: number;
  /** In place of the test's own origin: where the bucket is, and as whom to ask for it. */
  readonly bucket?: { readonly url: string; readonly credentials: (distributionArn: string) => Credentials };
}

export const defaultKey = {
  cookiesConfig: { cookieBehavior: "none" },
  headersConfig: { headerBehavior: "none" },
  queryStringsConfig: { queryStringBehavior: "none" },
};

/** The resources of a distribution whose one behaviour is open and caches for an hour. */
export function distributionResources(options: TestEdgeOptions): RecordedResource[] {
  const behaviour = {
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "policy-1",
    targetOriginId: "bucket",
    viewerProtocolPolicy: "https-only",
    ...options.behaviour,
  };
  return [
    recorded(
      "aws:cloudfront/distribution:Distribution",
      "media",
      {
        enabled: true,
        origins: [{ domainName: bucketDomain, originId: "bucket", originAccessControlId: "oac-1" }],
        defaultCacheBehavior: behaviour,
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
        ...options.distribution,
      },
      { id: "E1TEST", arn: distributionArn, domainName: distributionDomain },
    ),
    recorded(
      "aws:cloudfront/cachePolicy:CachePolicy",
      "hour",
      {
        minTtl: 0,
        defaultTtl: 3600,
        maxTtl: 86_400,
        parametersInCacheKeyAndForwardedToOrigin: { ...defaultKey, ...options.cacheKey },
        ...options.cachePolicy,
      },
      { id: "policy-1" },
    ),
    recorded(
      "aws:cloudfront/originAccessControl:OriginAccessControl",
      "oac",
      {
        originAccessControlOriginType: "s3",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      },
      { id: "oac-1" },
    ),
    recorded("aws:cloudfront/keyGroup:KeyGroup", "keys", { items: ["K1RSA", "K2ECDSA"] }, { id: "group-1" }),
    recorded("aws:cloudfront/keyGroup:KeyGroup", "other-keys", { items: ["K3OTHER"] }, { id: "group-2" }),
    ...Object.entries(keys).map(([id, { publicKey }]) =>
      recorded("aws:cloudfront/publicKey:PublicKey", id, { encodedKey: publicKey }, { id }),
    ),
    ...(options.resources ?? []),
  ];
}

export async function startTestEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-edge-"));
  const asked: AskedOrigin[] = [];
  const logs: string[] = [];
  const server = createServer(async (message, response) => {
    const body = (await message.toArray()).join("");
    asked.push({ method: message.method ?? "", url: message.url ?? "", headers: message.headers, body });
    test.origin(message, response);
  });
  const originServer = await listen(server, { port: 0, host: "127.0.0.1" });
  const context: ServiceContext = {
    recording: recordingOf(...distributionResources(options)),
    dataDir,
    credentials: () => undefined,
    authorize: () => ({ allowed: false, reason: "the edge asks for nothing" }),
    now: () => test.now,
    log: (line) => logs.push(line),
  };
  const edge = await startEdge(
    {
      ...context,
      distributionId: "E1TEST",
      origins: (domainName) =>
        domainName === bucketDomain ? (options.bucket?.url ?? `${originServer.url}/media-bucket`) : undefined,
      originCredentials: options.bucket?.credentials ?? (() => cloudFront),
    },
    { port: 0, host: "127.0.0.1", ...(options.cacheBytes !== undefined && { cacheBytes: options.cacheBytes }) },
  ).catch(async (error) => {
    await originServer.close();
    await rm(dataDir, { recursive: true });
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const test: TestEdge = {
    edge,
    dataDir,
    logs,
    asked,
    now: new Date(),
    origin: (message, response) => {
      response.setHeader("content-type", "text/plain");
      response.end(`body of ${message.url}`);
    },
    ask: (path, askOptions) => ask(edge.url, path, askOptions),
    stop() {
      stopped ??= edge.close();
      return stopped;
    },
    async close() {
      await test.stop();
      await originServer.close();
      await rm(dataDir, { recursive: true });
    },
  };
  return test;
}

/** The code of CloudFront's XML error, or undefined. */
export function errorCode({ body }: Answer): string | undefined {
  return /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1];
}

export function ask(base: string, path: string, { body, from, headers = {}, method = "GET" }: AskOptions = {}) {
  const { hostname, port } = new URL(base);
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers, agent: false, ...(from !== undefined && { localAddress: from }) },
      (response) => {
        response
          .toArray()
          .then(
            (chunks) =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
            reject,
          );
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
