import { type Control, faultsAt, is, isSet, listAt, valueAt } from "../control.ts";
import { eachOf, naming } from "../related.ts";

const webAcl = "aws:wafv2/webAcl:WebAcl";

export const wafControls: readonly Control[] = [
  {
    id: "WAF.10",
    title: "A web ACL has rules",
    how: "managed groups, rates, sizes and address lists",
    types: [webAcl],
    faults: (it) => faultsAt(it, "rules", isSet, "give it a rule"),
  },
  {
    id: "WAF.11",
    title: "A web ACL writes a log",
    how: "to a log group in us-east-1, without what would tell a signature or a token",
    findings: eachOf(webAcl, (it, all) =>
      naming(it, all, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "resourceArn").length > 0
        ? []
        : [{ property: "WebAclLoggingConfiguration", value: undefined, mend: "declare one for it" }],
    ),
  },
  {
    id: "WAF.12",
    title: "Every rule has a metric",
    how: "`cloudwatchMetricsEnabled` on each rule and on the web ACL",
    types: [webAcl],
    faults: (it) =>
      ["visibilityConfig", ...listAt(it.props, "rules").map((_, index) => `rules.${index}.visibilityConfig`)]
        .map((path) => `${path}.cloudwatchMetricsEnabled`)
        .map((property) => ({ property, value: valueAt(it.props, property), mend: "set it to true" }))
        .filter(({ value }) => !is(true)(value)),
  },
];
