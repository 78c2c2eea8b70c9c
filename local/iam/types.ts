/** Who is asking. */
export type Principal =
  | { readonly kind: "anonymous" }
  /** An AWS service acting for one resource of the account, which policies see in `aws:SourceArn`. */
  | { readonly kind: "service"; readonly service: string; readonly sourceArn: string; readonly accountId: string }
  /** Somebody whom an identity provider vouches for, and who so far only asks to take on a role. */
  | { readonly kind: "federated"; readonly provider: string; readonly userId: string }
  | { readonly kind: "admin"; readonly arn: string; readonly accountId: string; readonly userId: string }
  | {
      readonly kind: "role";
      /** `arn:aws:iam::…:role/name`, the key to the recorded role. */
      readonly roleArn: string;
      /** `arn:aws:sts::…:assumed-role/name/session`. */
      readonly arn: string;
      readonly accountId: string;
      readonly userId: string;
      /** Policies handed in at AssumeRole; they can only narrow. */
      readonly sessionPolicies: readonly PolicyDocument[];
      /** What the session says of itself to policies, such as `cognito-identity.amazonaws.com:sub`. */
      readonly sessionContext?: ConditionContext;
    };

/** The keys of an access key, and whom they speak for. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
  readonly principal: Principal;
}

export type CredentialLookup = (accessKeyId: string) => Credentials | undefined;

export type OneOrMany<T> = T | readonly T[];

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMany<string>>>;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string | boolean | number>>>>>;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly PolicyStatement[];
}

/** Condition keys of one request, such as `s3:signatureAge`, in AWS's spelling; compared without regard to case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:PutObject` */
  readonly action: string;
  /** The resource's ARN. */
  readonly resource: string;
  readonly context: ConditionContext;
  /** The policy on the resource itself: a bucket policy, a queue policy. */
  readonly resourcePolicy?: PolicyDocument | undefined;
  /** A role's trust policy and a KMS key's must speak for the caller, or what identity-based policies say does not count. */
  readonly resourcePolicyMustAllow?: boolean;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** A sentence for the log, such as `no identity-based policy allows s3:GetObject`. */
  readonly reason: string;
}

/** Decides by the recorded roles' policies, their boundary, the session's and the resource's own. */
export type Authorize = (request: AccessRequest) => AccessDecision;
