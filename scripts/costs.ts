// Writes docs/costs.md: what a month of views costs in each of the four ways to S3. `npm run costs` after a change of a price or
// an assumption; a test holds the file against them.
import { writeFile } from "node:fs/promises";
import { complianceRules, type WatchedKind, watchedKinds } from "../infra/compliance-rules.ts";
import { markdownTable } from "./markdown-table.ts";

/** From the root of the checkout. */
export const costsPath = "docs/costs.md";

/** AWS's list prices in US dollars, us-east-1, November 2026. */
const prices = {
  /** Per GB out to viewers, by what was sent before in the month: up to so many GB at so much. */
  s3Egress: tiers([100, 0], [10_240, 0.09], [51_200, 0.085], [153_600, 0.07], [Infinity, 0.05]),
  cloudFrontEgress: tiers([1_024, 0], [11_264, 0.085], [52_224, 0.08], [154_624, 0.06], [Infinity, 0.04]),
  cloudFrontRequests: tiers([10, 0], [Infinity, 1]), // Per million.
  s3Get: 0.4, // Per million.
  httpApi: 1, // Per million.
  lambdaRequests: 0.2, // Per million.
  lambdaGbSecond: 0.000_013_333_4, // On arm64.
  dynamoDbRead: 0.125, // Per million request units.
  webAcl: 5, // A month, as what follows.
  webAclRule: 1,
  webAclRequests: 0.6, // Per million.
  logsGb: 0.5,
  fargateTask: 28.84, // One vCPU and 2 GB on arm64.
  loadBalancer: 16.43,
  loadBalancerGb: 0.008,
  configItem: 0.003, // Each change that AWS Config records.
  configEvaluation: 0.001,
};

const assumed = {
  kilobytesPerView: 100,
  photosPerCall: 50,
  lambdaGbSecondsPerCall: 0.03,
  /** A photo and its share of what stands between a viewer and the photos of a page. */
  readsPerPhoto: 1.1,
  edgeHits: 0.9,
  webAclRules: 9,
  logKilobytesPerRequest: 1.2,
  fargateTasks: 2,
  /** A month, of each resource that AWS Config watches. */
  changes: 20,
};

/** How many resources of each kind a stack has its rules of AWS Config look at. */
const watched: Readonly<Record<WatchedKind, number>> = {
  bucket: 2,
  mediaBucket: 1,
  table: 1,
  topic: 1,
  function: 4,
  distribution: 2,
};

const items = [
  "bytes out",
  "S3 requests",
  "edge requests",
  "firewall",
  "load balancer",
  "two containers",
  "deciding",
] as const;
type Bill = Partial<Readonly<Record<(typeof items)[number], number>>>;

const ways: Readonly<Record<string, (millions: number) => Bill>> = {
  "proxy through the backend": (views) => ({
    "bytes out": prices.s3Egress(gigabytes(views)),
    "S3 requests": views * prices.s3Get,
    "load balancer": prices.loadBalancer + gigabytes(views) * prices.loadBalancerGb,
    "two containers": assumed.fargateTasks * prices.fargateTask,
    deciding: views * assumed.readsPerPhoto * prices.dynamoDbRead,
  }),
  "temporary credentials": (views) => ({
    "bytes out": prices.s3Egress(gigabytes(views)),
    "S3 requests": views * prices.s3Get,
  }),
  "S3 presigned URLs": (views) => ({
    "bytes out": prices.s3Egress(gigabytes(views)),
    "S3 requests": views * prices.s3Get,
    deciding: deciding(views),
  }),
  "CloudFront signed URLs": (views) => ({
    "bytes out": prices.cloudFrontEgress(gigabytes(views)),
    "edge requests": prices.cloudFrontRequests(views),
    "S3 requests": views * (1 - assumed.edgeHits) * prices.s3Get,
    firewall:
      prices.webAcl +
      assumed.webAclRules * prices.webAclRule +
      views * prices.webAclRequests +
      views * assumed.logKilobytesPerRequest * prices.logsGb,
    deciding: deciding(views),
  }),
};

/** By Lambda behind an HTTP API, in calls about many photos. */
function deciding(views: number): number {
  const calls = views / assumed.photosPerCall;
  const lambda = prices.lambdaRequests + assumed.lambdaGbSecondsPerCall * prices.lambdaGbSecond * 1_000_000;
  return calls * (prices.httpApi + lambda) + views * assumed.readsPerPhoto * prices.dynamoDbRead;
}

function gigabytes(millionViews: number): number {
  return millionViews * assumed.kilobytesPerView;
}

/** The price of an amount of which every part has the price of its own tier. */
function tiers(...steps: readonly [upTo: number, each: number][]): (amount: number) => number {
  return (amount) => {
    let below = 0;
    let price = 0;
    for (const [upTo, each] of steps) {
      price += Math.max(0, Math.min(amount, upTo) - below) * each;
      below = upTo;
    }
    return price;
  };
}

/** The text of the page. */
export function describeCosts(): string {
  const sections = [1, 100].map((millions) => {
    const bills = Object.entries(ways).map(([way, bill]) => [way, bill(millions)] as const);
    const rows = bills.map(([way, bill]) => [
      way,
      ...items.map((item) => (bill[item] === undefined ? "" : dollars(bill[item]))),
      `**${dollars(Object.values(bill).reduce((sum, each) => sum + each, 0))}**`,
    ]);
    const head = ["US dollars a month", ...items, "together"];
    return `## ${millions} million views, ${(gigabytes(millions) / 1000).toFixed(1)} TB\n\n${markdownTable(head, rows)}`;
  });
  return `${[opening, ...sections, describeCompliance(), closing].join("\n\n")}\n`;
}

function describeCompliance(): string {
  const rulesOf = (kind: WatchedKind) => Object.keys(complianceRules[kind].rules).length;
  const rules = watchedKinds.reduce((sum, kind) => sum + watched[kind] * rulesOf(kind), 0);
  // The media's bucket is one of the buckets.
  const resources = watchedKinds.reduce((sum, kind) => sum + watched[kind], 0) - watched.mediaBucket;
  const looking = rules * assumed.changes * prices.configEvaluation;
  const recording = resources * assumed.changes * prices.configItem;
  return `## Watched by AWS Config

With \`latchkey:configRules\` ${rules} rules look at ${resources} resources, each when its resource changes. At ${assumed.changes} changes of each in a month:

| US dollars a month | |
| --- | --- |
| looking | ${dollars(looking)} |
| recording those changes | ${dollars(recording)} |
| together | **${dollars(looking + recording)}** |

The account's recorder records whatever else it is told to, which is the account's own affair and may cost far more.`;
}

const opening = `# What a month of views costs

Written by \`npm run costs\`: the prices and assumptions stand at the top of \`scripts/costs.ts\`, to be replaced by your own. List prices of
us-east-1, November 2026, with the monthly free amounts of egress and edge requests. A view is one rendition of
${assumed.kilobytesPerView} kB that the device does not have yet; an app asks for URLs by ${assumed.photosPerCall}; ${assumed.edgeHits * 100} of 100 views are in the edge's cache.
Storage, uploads and sign-in cost the same in all four ways and are left out.`;

const closing = `## How to read it

- Small platforms pay for what stands there, not for views: the firewall is what the edge adds, and the containers what a proxy does.
- From a few terabytes on it is the bytes that cost, and the four ways send the same. The edge has the lowest price for them, and the first
  terabyte of each month is free.
- The firewall's share grows with requests: half of it is its log. Keeping only what was refused (a filter of the logging
  configuration) takes that half away, and with it the trail of who was let through.
- Temporary credentials are the cheapest because nothing decides: whoever holds them reads all that lies under a prefix. Latchkey
  uses them for uploads only.`;

function dollars(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

if (import.meta.main) {
  await writeFile(new URL(`../${costsPath}`, import.meta.url), describeCosts());
  console.log(`Wrote ${costsPath}.`);
}
