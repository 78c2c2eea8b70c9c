import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { declareDeliveredLog } from "./delivered-log.ts";
import { type EdgeRulesArgs, edgeRules } from "./edge-rules.ts";
import type { EncryptionKey } from "./encryption-key.ts";

export interface EdgeFirewallArgs extends Omit<EdgeRulesArgs, "allowedSets" | "deniedSets"> {
  account: Account;
  /** In us-east-1, for the log. */
  key: EncryptionKey;
  allowedCidrs: readonly string[];
  deniedCidrs: readonly string[];
  logRetentionDays: number;
}

/** WAF only knows CloudFront's web ACLs, their IP sets and their logs in this region. */
const region = "us-east-1";

/** The web ACL in front of the distributions. */
export class EdgeFirewall extends pulumi.ComponentResource {
  readonly webAclArn: pulumi.Output<string>;
  /** Its name in its metrics, which every stack of an account writes side by side. */
  readonly metricName: string;

  constructor(name: string, args: EdgeFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:edge:EdgeFirewall", name, {}, opts);
    const child = { parent: this };
    this.metricName = `${name}-${pulumi.getStack()}`;

    // All four sets exist even when empty, so that an operator can shut somebody out without a deployment.
    const ipSets = (list: string, cidrs: readonly string[]) =>
      (["IPV4", "IPV6"] as const).map(
        (version) =>
          new aws.wafv2.IpSet(
            `${name}-${list}-${version.toLowerCase()}`,
            {
              region,
              scope: "CLOUDFRONT",
              ipAddressVersion: version,
              addresses: cidrs.filter((cidr) => cidr.includes(":") === (version === "IPV6")),
            },
            child,
          ).arn,
      );

    const webAcl = new aws.wafv2.WebAcl(
      name,
      {
        region,
        scope: "CLOUDFRONT",
        description: "What Latchkey's edges let through",
        defaultAction: { allow: {} },
        rules: edgeRules({
          ...args,
          allowedSets: ipSets("allowed", args.allowedCidrs),
          deniedSets: ipSets("denied", args.deniedCidrs),
        }),
        visibilityConfig: {
          cloudwatchMetricsEnabled: true,
          metricName: this.metricName,
          // A sample shows whole requests to everybody with the console, signatures included.
          sampledRequestsEnabled: false,
        },
      },
      child,
    );

    const { logs, mayWrite } = declareDeliveredLog(
      name,
      // WAF takes no log group of another name.
      { ...args, region, namePrefix: `aws-waf-logs-${name}-` },
      child,
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      `${name}-logging`,
      {
        region,
        resourceArn: webAcl.arn,
        logDestinationConfigs: [logs.arn],
        // A signature is a key to somebody's photo, and so is the token in a share link's path: none belongs in a log.
        redactedFields: [
          { uriPath: {} },
          { queryString: {} },
          { singleHeader: { name: "authorization" } },
          { singleHeader: { name: "cookie" } },
        ],
      },
      { parent: this, dependsOn: mayWrite },
    );

    this.webAclArn = webAcl.arn;
    this.registerOutputs({ webAclArn: this.webAclArn });
  }
}
