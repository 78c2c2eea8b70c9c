export type OneOrMany<T> = T | readonly T[];

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Resource-based policies only. */
  readonly Principal?:
    | "*"
    | { readonly Service: string }
    | { readonly AWS: OneOrMany<string> }
    | { readonly Federated: string };
  readonly Action: OneOrMany<string>;
  /** Absent in trust policies only. */
  readonly Resource?: OneOrMany<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string>>>>>;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export function policyDocument(...statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Refuses everybody who comes without TLS; for the policy of a resource with an endpoint of its own. */
export function denyWithoutTls(action: string, resource: OneOrMany<string>): Statement {
  return {
    Sid: "DenyWithoutTls",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
