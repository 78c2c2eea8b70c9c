import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { complianceRules, type ResourceRules, type WatchedKind, watchedKinds } from "../compliance-rules.ts";

export interface ComplianceArgs {
  /** Resources by what they are called in the rules' names, each by the id that AWS Config knows it by. */
  watched: Readonly<Record<WatchedKind, Readonly<Record<string, pulumi.Input<string>>>>>;
}

/** AWS Config sees what is global, and so distributions, from here alone. */
const globalRegion = "us-east-1";

/**
 * AWS Config's own rules for the stack's resources, each held to one of them. They need the account's recorder, of which
 * there can be one in a region and which no stack may therefore make: without it their creation fails and says so.
 */
export class Compliance extends pulumi.ComponentResource {
  constructor(name: string, args: ComplianceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:security:Compliance", name, {}, opts);
    for (const kind of watchedKinds) {
      const { resourceType, rules }: ResourceRules = complianceRules[kind];
      for (const [what, complianceResourceId] of Object.entries(args.watched[kind])) {
        for (const [control, sourceIdentifier] of Object.entries(rules)) {
          new aws.cfg.Rule(
            `${name}-${what}-${control.toLowerCase().replace(".", "-")}`,
            {
              ...(kind === "distribution" && { region: globalRegion }),
              description: `Security Hub's ${control}, for Latchkey's ${what}`,
              source: { owner: "AWS", sourceIdentifier },
              scope: { complianceResourceId, complianceResourceTypes: [resourceType] },
            },
            { parent: this },
          );
        }
      }
    }
    this.registerOutputs({});
  }
}
