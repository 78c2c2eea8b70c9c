import type { Policies } from "@pulumi/policy";
import { addressOf, controls } from "./controls.ts";
import { examineResource, examineStack } from "./examine.ts";
import { suppressions } from "./suppressions.ts";

/** The controls as Pulumi runs them. What a stack may do without only warns; `--policy-pack-config` can raise it. */
export const policies: Policies = controls
  .filter((control) => !("unverifiable" in control))
  .map((control) => {
    const policy = {
      name: control.id,
      description: control.title,
      enforcementLevel: control.option ? ("advisory" as const) : ("mandatory" as const),
      url: addressOf(control),
    };
    return "findings" in control
      ? {
          ...policy,
          validateStack: ({ resources }, report) => {
            for (const { message, urn } of examineStack(control, resources, suppressions)) report(message, urn);
          },
        }
      : {
          ...policy,
          validateResource: (resource, report) => {
            for (const { message, urn } of examineResource(control, resource, suppressions)) report(message, urn);
          },
        };
  });
