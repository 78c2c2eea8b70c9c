import { expect } from "chai";
import { type CallerPolicies, evaluate } from "../iam/evaluate.ts";
import { parsePolicy } from "../iam/parse-policy.ts";
import type { AccessRequest, PolicyDocument, PolicyStatement, Principal } from "../iam/types.ts";

const accountId = "000000000000";
const roleArn = `arn:aws:iam::${accountId}:role/signing-api`;
const role = {
  kind: "role",
  roleArn,
  arn: `arn:aws:sts::${accountId}:assumed-role/signing-api/session`,
  accountId,
  userId: "AROAEXAMPLE:session",
  sessionPolicies: [],
} satisfies Principal;
const admin: Principal = {
  kind: "admin",
  arn: `arn:aws:iam::${accountId}:user/admin`,
  accountId,
  userId: "AIDAEXAMPLE",
};
const anonymous: Principal = { kind: "anonymous" };
const distribution = `arn:aws:cloudfront::${accountId}:distribution/E1`;
const cloudfront: Principal = {
  kind: "service",
  service: "cloudfront.amazonaws.com",
  sourceArn: distribution,
  accountId,
};

type Loose = Partial<PolicyStatement>;
const object = "arn:aws:s3:::photos/uploads/olga/1";
const get = { Action: "s3:GetObject", Resource: object };
const policy = (...statements: Loose[]): PolicyDocument =>
  parsePolicy({ Version: "2012-10-17", Statement: statements }, "identity");
const bucketPolicy = (...statements: Loose[]): PolicyDocument =>
  parsePolicy({ Version: "2012-10-17", Statement: statements }, "resource");
const allow = (statement: Loose = get): Loose => ({ Effect: "Allow", ...statement });
const deny = (statement: Loose = get): Loose => ({ Effect: "Deny", ...statement });
const to = (Principal: NonNullable<PolicyStatement["Principal"]>, statement: Loose = allow()): Loose => ({
  ...statement,
  Principal,
});

const nothing: CallerPolicies = { identity: [], session: [] };
const allowed: CallerPolicies = { identity: [policy(allow())], session: [] };

interface Case {
  readonly principal?: Principal;
  readonly policies?: CallerPolicies;
  readonly bucket?: PolicyDocument;
  readonly request?: Partial<AccessRequest>;
}

function decide({ principal = role, policies = nothing, bucket, request }: Case) {
  const base = { principal, action: "s3:GetObject", resource: object, context: {}, resourcePolicy: bucket };
  return evaluate({ ...base, ...request }, policies);
}

const groups: Record<string, [title: string, one: Case, allowed: boolean][]> = {
  "an identity-based policy": [
    ["denies what nothing allows", {}, false],
    ["allows what it names", { policies: allowed }, true],
    ["allows no other action", { policies: allowed, request: { action: "s3:GetObjectVersion" } }, false],
    ["allows no other resource", { policies: allowed, request: { resource: `${object}2` } }, false],
    ["compares actions without regard to case", { policies: allowed, request: { action: "S3:getobject" } }, true],
    [
      "compares resources with regard to case",
      { policies: allowed, request: { resource: object.toUpperCase() } },
      false,
    ],
    [
      "takes wildcards in actions",
      { policies: { ...nothing, identity: [policy(allow({ ...get, Action: "s3:Get*" }))] } },
      true,
    ],
    [
      "takes wildcards in resources",
      { policies: { ...nothing, identity: [policy(allow({ ...get, Resource: "arn:aws:s3:::photos/uploads/*" }))] } },
      true,
    ],
    [
      "takes any of several",
      {
        policies: {
          ...nothing,
          identity: [
            policy(allow({ Action: ["s3:PutObject", "s3:GetObject"], Resource: ["arn:aws:s3:::other", object] })),
          ],
        },
      },
      true,
    ],
    [
      "allows all but NotAction",
      { policies: { ...nothing, identity: [policy(allow({ NotAction: "s3:Put*", Resource: "*" }))] } },
      true,
    ],
    [
      "allows nothing of NotAction",
      { policies: { ...nothing, identity: [policy(allow({ NotAction: ["s3:Get*"], Resource: "*" }))] } },
      false,
    ],
    [
      "allows all but NotResource",
      { policies: { ...nothing, identity: [policy(allow({ Action: "s3:*", NotResource: "arn:aws:s3:::other/*" }))] } },
      true,
    ],
    [
      "allows nothing of NotResource",
      { policies: { ...nothing, identity: [policy(allow({ Action: "s3:*", NotResource: "arn:aws:s3:::photos/*" }))] } },
      false,
    ],
    ["loses to its own explicit deny", { policies: { ...nothing, identity: [policy(allow(), deny())] } }, false],
    [
      "loses to another's explicit deny",
      { policies: { ...nothing, identity: [policy(allow()), policy(deny())] } },
      false,
    ],
  ],
  "a permissions boundary": [
    ["grants nothing by itself", { policies: { ...nothing, boundary: policy(allow()) } }, false],
    ["lets through what it allows", { policies: { ...allowed, boundary: policy(allow()) } }, true],
    [
      "stops what it does not allow",
      { policies: { ...allowed, boundary: policy(allow({ ...get, Action: "s3:PutObject" })) } },
      false,
    ],
    ["stops what it denies", { policies: { ...allowed, boundary: policy(allow(), deny()) } }, false],
    [
      "stops what a bucket policy grants to the role",
      {
        policies: { ...nothing, boundary: policy(deny({ ...get, Action: "s3:PutObject" })) },
        bucket: bucketPolicy(to({ AWS: roleArn })),
      },
      false,
    ],
    [
      "does not stop what a bucket policy grants to the very session",
      {
        policies: { ...nothing, boundary: policy(allow({ ...get, Action: "s3:PutObject" })) },
        bucket: bucketPolicy(to({ AWS: role.arn })),
      },
      true,
    ],
  ],
  "session policies": [
    ["grant nothing by themselves", { policies: { ...nothing, session: [policy(allow())] } }, false],
    [
      "let through what one of them allows",
      { policies: { ...allowed, session: [policy(allow({ ...get, Action: "s3:PutObject" })), policy(allow())] } },
      true,
    ],
    [
      "stop what none of them allows",
      { policies: { ...allowed, session: [policy(allow({ ...get, Action: "s3:PutObject" }))] } },
      false,
    ],
    ["stop what one of them denies", { policies: { ...allowed, session: [policy(allow()), policy(deny())] } }, false],
    [
      "stop what a bucket policy grants to the role",
      {
        policies: { ...nothing, session: [policy(allow({ ...get, Action: "s3:PutObject" }))] },
        bucket: bucketPolicy(to({ AWS: roleArn })),
      },
      false,
    ],
  ],
  "a resource-based policy": [
    ["allows the role that it names", { bucket: bucketPolicy(to({ AWS: roleArn })) }, true],
    ["allows the session that it names", { bucket: bucketPolicy(to({ AWS: role.arn })) }, true],
    ["allows everyone", { bucket: bucketPolicy(to("*")) }, true],
    [
      "allows nobody by naming their account",
      { bucket: bucketPolicy(to({ AWS: `arn:aws:iam::${accountId}:root` })) },
      false,
    ],
    ["allows nobody by naming their account's number", { bucket: bucketPolicy(to({ AWS: accountId })) }, false],
    [
      "leaves what it grants an account to the account's own policies",
      { policies: allowed, bucket: bucketPolicy(to({ AWS: accountId })) },
      true,
    ],
    ["allows no other role", { bucket: bucketPolicy(to({ AWS: `${roleArn}2` })) }, false],
    [
      "takes no wildcard in a principal but the lone star",
      { bucket: bucketPolicy(to({ AWS: `arn:aws:iam::${accountId}:role/*` })) },
      false,
    ],
    ["denies the role that it names", { policies: allowed, bucket: bucketPolicy(to({ AWS: roleArn }, deny())) }, false],
    ["denies everyone", { policies: allowed, bucket: bucketPolicy(to("*", deny())) }, false],
    [
      "denies everyone in the account that it names",
      { policies: allowed, bucket: bucketPolicy(to({ AWS: accountId }, deny())) },
      false,
    ],
    [
      "denies nobody whom it does not reach",
      { policies: allowed, bucket: bucketPolicy(to({ AWS: "111111111111" }, deny())) },
      true,
    ],
    [
      "denies nobody whose condition fails",
      {
        policies: allowed,
        bucket: bucketPolicy(to("*", deny({ ...get, Condition: { Bool: { "aws:SecureTransport": "false" } } }))),
      },
      true,
    ],
    ["must speak where it rules alone", { policies: allowed, request: { resourcePolicyMustAllow: true } }, false],
    [
      "may leave it to the account where it rules alone",
      { policies: allowed, bucket: bucketPolicy(to({ AWS: accountId })), request: { resourcePolicyMustAllow: true } },
      true,
    ],
  ],
  "an anonymous caller": [
    ["may do nothing", {}, false],
    ["may do what is granted to everyone", { bucket: bucketPolicy(to("*")) }, true],
    [
      "may do what is granted to every AWS principal, which IAM takes for everyone",
      { bucket: bucketPolicy(to({ AWS: "*" })) },
      true,
    ],
    ["may not do what is granted to an account", { bucket: bucketPolicy(to({ AWS: accountId })) }, false],
    ["may not do what everyone is denied", { bucket: bucketPolicy(to("*"), to("*", deny())) }, false],
  ],
  "a service": [
    ["may do nothing without a resource-based policy", {}, false],
    ["may do what is granted to it", { bucket: bucketPolicy(to({ Service: "cloudfront.amazonaws.com" })) }, true],
    [
      "may not do what is granted to another service",
      { bucket: bucketPolicy(to({ Service: "sns.amazonaws.com" })) },
      false,
    ],
    ["may not do what is granted to the account", { bucket: bucketPolicy(to({ AWS: accountId })) }, false],
    [
      "may act for the resource that the condition names",
      {
        bucket: bucketPolicy(
          to(
            { Service: "cloudfront.amazonaws.com" },
            allow({ ...get, Condition: { StringEquals: { "aws:SourceArn": distribution } } }),
          ),
        ),
      },
      true,
    ],
    [
      "may not act for another",
      {
        bucket: bucketPolicy(
          to(
            { Service: "cloudfront.amazonaws.com" },
            allow({ ...get, Condition: { StringEquals: { "aws:SourceArn": `${distribution}2` } } }),
          ),
        ),
      },
      false,
    ],
    [
      "says for which account it acts",
      {
        bucket: bucketPolicy(
          to(
            { Service: "cloudfront.amazonaws.com" },
            allow({
              ...get,
              Condition: {
                StringEquals: { "aws:SourceAccount": accountId },
                Bool: { "aws:PrincipalIsAWSService": "true" },
              },
            }),
          ),
        ),
      },
      true,
    ],
    [
      "is denied what everyone is denied",
      { bucket: bucketPolicy(to({ Service: "cloudfront.amazonaws.com" }), to("*", deny())) },
      false,
    ],
  ],
};

const principals: Record<string, Principal> = { "an anonymous caller": anonymous, "a service": cloudfront };

describe("the evaluator", () => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(`on ${group}`, () => {
      for (const [title, one, expected] of cases) {
        it(title, () => {
          expect(decide({ principal: principals[group] ?? role, ...one }).allowed).to.equal(expected);
        });
      }
    });
  }

  describe("on what a principal says of itself", () => {
    const condition = (key: string, value: string) => ({
      policies: { ...nothing, identity: [policy(allow({ ...get, Condition: { StringEquals: { [key]: value } } }))] },
    });
    const cases: [key: string, value: string, principal: Principal, allowed: boolean][] = [
      ["aws:PrincipalArn", roleArn, role, true],
      ["aws:PrincipalArn", role.arn, role, false],
      ["aws:PrincipalAccount", accountId, role, true],
      ["aws:PrincipalType", "AssumedRole", role, true],
      ["aws:userid", "AROAEXAMPLE:session", role, true],
      ["aws:username", "admin", admin, true],
      ["aws:username", "admin", role, false],
      [
        "cognito-identity.amazonaws.com:sub",
        "eu:1",
        { ...role, sessionContext: { "cognito-identity.amazonaws.com:sub": "eu:1" } },
        true,
      ],
    ];
    for (const [key, value, principal, expected] of cases) {
      it(`${expected ? "gives" : "does not give"} ${principal.kind} the ${key} ${value}`, () => {
        expect(decide({ principal, ...condition(key, value) }).allowed).to.equal(expected);
      });
    }

    it("believes no request that claims another principal", () => {
      const claim = {
        context: { "aws:PrincipalArn": roleArn, "aws:username": "admin", "AWS:SourceArn": distribution },
      };
      for (const [key, value] of Object.entries(claim.context)) {
        const principal =
          key === "AWS:SourceArn" ? { ...cloudfront, sourceArn: "arn:aws:cloudfront::1:distribution/E2" } : anonymous;
        const bucket = bucketPolicy(to("*", allow({ ...get, Condition: { StringEquals: { [key]: value } } })));
        expect(decide({ principal, bucket, request: claim }).allowed, key).to.equal(false);
      }
    });

    it("confines a user to their own prefix", () => {
      const resource = `arn:aws:s3:::photos/uploads/\${cognito-identity.amazonaws.com:sub}/*`;
      const policies = { ...nothing, identity: [policy(allow({ Action: "s3:GetObject", Resource: resource }))] };
      const as = (sub: string) => ({
        principal: { ...role, sessionContext: { "cognito-identity.amazonaws.com:sub": sub } },
        policies,
      });
      expect(decide(as("olga")).allowed).to.equal(true);
      expect(decide(as("gus")).allowed).to.equal(false);
      expect(decide(as("*")).allowed).to.equal(false);
      expect(decide({ policies }).allowed).to.equal(false);
    });
  });

  it("says why, by the kind of policy", () => {
    const reasons = [
      decide({}),
      decide({ bucket: bucketPolicy(to({ AWS: "111111111111" })) }),
      decide({ policies: { ...nothing, identity: [policy(deny())] } }),
      decide({ policies: { ...allowed, boundary: policy(deny({ ...get, Action: "s3:Put*" })) } }),
      decide({ policies: { ...allowed, session: [policy(deny({ ...get, Action: "s3:Put*" }))] } }),
      decide({ policies: allowed, bucket: bucketPolicy(to("*", deny())) }),
      decide({ policies: allowed, request: { resourcePolicyMustAllow: true } }),
    ].map(({ reason }) => reason.replace(` s3:GetObject on ${object}`, ""));
    expect(reasons).to.deep.equal([
      "no identity-based policy allows",
      "neither an identity-based nor the resource-based policy allows",
      "the identity-based policy denies",
      "the permissions boundary does not allow",
      "no session policy allows",
      "the resource-based policy denies",
      "the resource-based policy does not allow",
    ]);
    expect(decide({ policies: allowed }).reason).to.equal("an identity-based policy allows s3:GetObject");
    expect(decide({ bucket: bucketPolicy(to("*")) }).reason).to.equal("the resource-based policy allows s3:GetObject");
  });
});
