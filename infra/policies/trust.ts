import { type PolicyDocument, policyDocument } from "./document.ts";

/** Lets another role of the account, and nobody else, take on a role. */
export function trustRole(roleArn: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowRole",
    Effect: "Allow",
    Principal: { AWS: roleArn },
    Action: "sts:AssumeRole",
  });
}

/** Lets an AWS service, and nobody else, take on a role. */
export function trustService(service: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowService",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  });
}

export interface ScheduleFacts {
  readonly groupArn: string;
  readonly accountId: string;
}

/** Lets the schedules of one group, and nobody else's, take on a role. */
export function trustSchedules({ groupArn, accountId }: ScheduleFacts): PolicyDocument {
  return policyDocument({
    Sid: "AllowSchedules",
    Effect: "Allow",
    Principal: { Service: "scheduler.amazonaws.com" },
    Action: "sts:AssumeRole",
    // The service speaks for every account; it names the group, and not the schedule.
    Condition: { StringEquals: { "aws:SourceArn": groupArn, "aws:SourceAccount": accountId } },
  });
}

/** Lets the users of one identity pool, signed in and each with tags of their own, take on a role. */
export function trustIdentityPool(identityPoolId: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowSignedInUsers",
    Effect: "Allow",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
    // The service speaks for every identity pool of every account, and for guests; only these say which.
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": identityPoolId },
      "ForAnyValue:StringEquals": { "cognito-identity.amazonaws.com:amr": "authenticated" },
    },
  });
}

/** Lets one trail, and nobody else's, take on a role. */
export function trustTrail(trailArn: string): PolicyDocument {
  return policyDocument({
    Sid: "AllowTrail",
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceArn": trailArn } },
  });
}

export interface OutsiderFacts {
  readonly partition: string;
  readonly accountId: string;
  readonly externalId: string;
}

/** Lets another account take on a role, or whom of its own it names, when they give the id that was agreed on. */
export function trustOutsider({ partition, accountId, externalId }: OutsiderFacts): PolicyDocument {
  return policyDocument({
    Sid: "AllowOutsider",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
    // Who audits for many can be sent here by another customer of theirs; that one doesn't know the id.
    Condition: { StringEquals: { "sts:ExternalId": externalId } },
  });
}
