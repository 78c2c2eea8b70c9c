import { createServer } from "node:http";
import { join } from "node:path";
import { compileWebAcl, type Firewall } from "../firewall/web-acl.ts";
import type { Credentials } from "../iam/types.ts";
import { type Address, listen } from "../listen.ts";
import type { RunningService, ServiceContext } from "../service.ts";
import { AccessLog } from "./access-log.ts";
import { type Distribution, readDistribution } from "./distribution.ts";
import { Invalidations } from "./invalidations.ts";
import { KeyRegistry } from "./key-registry.ts";
import { ObjectSource } from "./object-source.ts";
import { OriginClient } from "./origin-client.ts";
import { Pipeline } from "./pipeline.ts";
import { ResponseCache } from "./response-cache.ts";
import { serveViewer } from "./serve-viewer.ts";

export interface EdgeContext extends ServiceContext {
  readonly distributionId: string;
  /** Where a bucket's regional domain name is answered: `http://127.0.0.1:4002/bucket`; undefined when nothing here stands for it. */
  readonly origins: (domainName: string) => string | undefined;
  /** CloudFront's own, acting for a distribution. */
  readonly originCredentials: (distributionArn: string) => Credentials;
}

export interface EdgeOptions extends Address {
  /** What the cache may take of the disk; the longest unused goes first. */
  readonly cacheBytes?: number;
}

export interface Edge extends RunningService {
  readonly distribution: Pick<Distribution, "id" | "arn" | "domainName">;
  readonly invalidations: Invalidations;
  readonly keys: KeyRegistry;
  readonly now: () => Date;
  /** Undefined where the distribution has no web ACL. */
  readonly firewall: Pick<Firewall, "counters" | "notEvaluated"> | undefined;
  /** The id of an invalidation of paths (`/media/1/*`) and cache tags (`#photo-1`); throws for another distribution's id. */
  invalidate(distributionId: string, paths: string[]): string;
}

const gibibyte = 2 ** 30;

/** CloudFront's limit on a request's headers, in bytes. */
const mostHeaderBytes = 20_480;

/** Stands up one of the program's distributions; throws an Error that names what it cannot honour. */
export async function startEdge(context: EdgeContext, options: EdgeOptions): Promise<Edge> {
  const { dataDir, log, now, origins, recording } = context;
  const keys = new KeyRegistry(recording, dataDir);
  const distribution = readDistribution(recording, context.distributionId, keys, log);
  const firewall = distribution.webAclArn === undefined ? undefined : compileWebAcl(recording, distribution.webAclArn);
  for (const { domainName } of distribution.origins) {
    if (origins(domainName) === undefined) throw new Error(`nothing here answers for the origin ${domainName}`);
  }
  const cache = await ResponseCache.open(join(dataDir, "cache"), options.cacheBytes ?? 4 * gibibyte);
  const accessLog = distribution.accessLog && new AccessLog(dataDir, distribution.accessLog.fields);
  const credentials = () => context.originCredentials(distribution.arn);
  const client = new OriginClient({ origins, credentials, region: recording.region, now });
  const { cacheTagHeader, errorResponses } = distribution;
  const source = new ObjectSource({ cache, client, errorResponses, cacheTagHeader, now });
  const invalidations = new Invalidations(({ matchesTarget, tags }) => source.invalidate(matchesTarget, tags), now);
  const viewers = new Pipeline({ distribution, firewall, source, now, log });
  const hosts = new Map<string, "http" | "https">();
  const serving = new Set<Promise<void>>();
  const server = createServer({ maxHeaderSize: mostHeaderBytes }, (message, response) => {
    const served = serveViewer(message, response, { hosts, viewers, accessLog, now })
      .catch((error) => {
        log(`edge: ${error instanceof Error ? error.message : error}`);
        response.destroy();
      })
      .finally(() => serving.delete(served));
    serving.add(served);
  });
  const listening = await listen(server, options);
  for (const [host, scheme] of hostsOf(distribution, new URL(listening.url))) hosts.set(host, scheme);

  return {
    url: listening.url,
    distribution,
    invalidations,
    keys,
    now,
    firewall,
    invalidate(distributionId, paths) {
      if (distributionId !== distribution.id) throw new Error(`there is no distribution ${distributionId} here`);
      return invalidations.create(paths, `local-${now().toISOString()}`).id;
    },
    async close() {
      await listening.close();
      client.close();
      await Promise.all(serving);
      await accessLog?.close();
      keys.close();
    },
  };
}

/** The names that lead to the distribution. Loopback's own URLs say `http`, and mean what TLS is in AWS. */
function* hostsOf({ aliases, domainName }: Distribution, { host, port }: URL): Generator<[string, "http" | "https"]> {
  yield [host, "http"];
  yield [`localhost:${port}`, "http"];
  for (const name of [domainName, ...aliases]) yield [name.toLowerCase(), "https"];
}
