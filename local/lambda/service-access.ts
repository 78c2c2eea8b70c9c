import Type from "typebox";
import type { AccessDecision, PolicyDocument } from "../iam/types.ts";
import { parseInputs } from "../program/parse-inputs.ts";
import { type Recording, resourcesOf } from "../program/recording.ts";
import type { ServiceContext } from "../service.ts";
import { findFunction } from "./declared-function.ts";

const PermissionInputs = Type.Object(
  {
    action: Type.String(),
    function: Type.String(),
    principal: Type.String(),
    sourceAccount: Type.Optional(Type.String()),
    sourceArn: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/**
 * Decides by a function's own policy whether an AWS service, acting for a resource of the account, may call it. Throws an
 * Error that names a permission which can't be honoured.
 */
export function serviceAccess(
  { recording, authorize }: Pick<ServiceContext, "recording" | "authorize">,
  { service, functionArn }: { service: string; functionArn: string },
): (sourceArn: string) => AccessDecision {
  const resourcePolicy = policyOfFunction(recording, functionArn);
  return (sourceArn) =>
    authorize({
      principal: { kind: "service", service, sourceArn, accountId: recording.accountId },
      action: "lambda:InvokeFunction",
      resource: functionArn,
      context: {},
      resourcePolicy,
      resourcePolicyMustAllow: true,
    });
}

/** Lambda keeps each permission as a statement like this. */
function policyOfFunction(recording: Recording, functionArn: string): PolicyDocument {
  const permissions = resourcesOf(recording, "aws:lambda/permission:Permission")
    .filter(({ inputs }) => findFunction(recording, String(inputs.function))?.arn === functionArn)
    .map((resource) => parseInputs(PermissionInputs, resource));
  return {
    Version: "2012-10-17",
    Statement: permissions.map(({ action, principal, sourceAccount, sourceArn }) => ({
      Effect: "Allow",
      Principal: { Service: principal },
      Action: action,
      Resource: functionArn,
      Condition: {
        ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
        ...(sourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
      },
    })),
  };
}
