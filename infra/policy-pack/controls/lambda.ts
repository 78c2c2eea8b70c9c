import { type Control, faultsAt, is, isSet } from "../control.ts";

const lambda = "aws:lambda/function:Function";

/** Of those that Lambda keeps up to date the ones that the functions of a stack are written for. */
const runtimes = ["nodejs22.x", "nodejs24.x"];

export const lambdaControls: readonly Control[] = [
  {
    id: "Lambda.1",
    title: "Nobody unknown calls a function",
    how: "each permission names a service, what of it, and the account",
    types: ["aws:lambda/permission:Permission"],
    faults: (it) =>
      is("*", "s3.amazonaws.com")(it.props.principal) && !isSet(it.props.principalOrgId)
        ? faultsAt(it, "sourceAccount", isSet, "name the account that may call")
        : [],
  },
  {
    id: "Lambda.2",
    title: "A function runs on a runtime that is supported",
    how: "`nodejs24.x`",
    types: [lambda],
    faults: (it) => faultsAt(it, "runtime", is(...runtimes), `take one of ${runtimes.join(", ")}`),
  },
  {
    id: "Lambda.3",
    title: "A function is in a VPC",
    how: "none is: they talk to AWS alone, by its public endpoints",
    types: [lambda],
    faults: (it) => faultsAt(it, "vpcConfig.subnetIds", isSet, "name the subnets"),
  },
  {
    id: "Lambda.7",
    title: "A function is traced by X-Ray",
    how: "`tracingConfig.mode` is `Active`",
    types: [lambda],
    faults: (it) => faultsAt(it, "tracingConfig.mode", is("Active"), "take Active"),
  },
];
