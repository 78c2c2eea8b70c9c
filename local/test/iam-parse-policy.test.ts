import { expect } from "chai";
import { type PolicyKind, parsePolicy } from "../iam/parse-policy.ts";
import { PolicyError } from "../iam/policy-error.ts";

const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const document = (changes: object, Version: unknown = "2012-10-17") => ({
  Version,
  Statement: [{ ...statement, ...changes }],
});

const refusals: [title: string, source: unknown, kind: PolicyKind, message: RegExp][] = [
  ["text that is not JSON", "{", "identity", /not valid JSON/],
  ["no object", 7, "identity", /malformed/],
  ["an old version", document({}, "2008-10-17"), "identity", /\/Version must be "2012-10-17"/],
  ["no version", { Statement: [statement] }, "identity", /Version/],
  ["no statement", { Version: "2012-10-17", Statement: [] }, "identity", /\/Statement must not have fewer than 1/],
  ["an unknown element of the document", { ...document({}), Statment: [] }, "identity", /\/Statment is not an element/],
  [
    "an unknown element of a statement",
    document({ Actions: "s3:*" }),
    "identity",
    /\/Statement\/0\/Actions is not an element/,
  ],
  ["NotPrincipal", document({ NotPrincipal: "*" }), "resource", /\/Statement\/0\/NotPrincipal is not an element/],
  [
    "a canonical user",
    document({ Principal: { CanonicalUser: "1" } }),
    "resource",
    /Principal\/CanonicalUser is not an element/,
  ],
  ["a principal of nobody", document({ Principal: {} }), "resource", /Principal/],
  [
    "an effect that is none",
    document({ Effect: "allow" }),
    "identity",
    /\/Statement\/0\/Effect must be "Allow" or "Deny"/,
  ],
  ["an action without a service", document({ Action: "GetObject" }), "identity", /\/Statement\/0\/Action/],
  ["no action", document({ Action: undefined }), "identity", /statement 0 .* either Action or NotAction/],
  ["Action beside NotAction", document({ NotAction: "s3:*" }), "identity", /either Action or NotAction/],
  ["no resource", document({ Resource: undefined }), "identity", /either Resource or NotResource/],
  ["Resource beside NotResource", document({ NotResource: "*" }), "identity", /either Resource or NotResource/],
  ["an empty list", document({ Resource: [] }), "identity", /\/Statement\/0\/Resource/],
  ["a principal in an identity's policy", document({ Principal: "*" }), "identity", /may not have a Principal/],
  ["a resource's policy without a principal", document({}), "resource", /needs a Principal/],
  ["a trust policy with a resource", document({ Principal: "*" }), "trust", /may not have Resource/],
  ["a condition that is no object", document({ Condition: "none" }), "identity", /\/Statement\/0\/Condition/],
  [
    "a condition of null",
    document({ Condition: { Bool: { "aws:SecureTransport": null } } }),
    "identity",
    /SecureTransport/,
  ],
  [
    "an unknown operator",
    document({ Condition: { StringMatches: { a: "b" } } }),
    "identity",
    /StringMatches is not known/,
  ],
  [
    "a value that its operator can't compare",
    document({ Condition: { Bool: { a: "b" } } }),
    "identity",
    /Bool can't compare a/,
  ],
];

describe("a policy document", () => {
  it("is read from text as from an object, with one statement or several", () => {
    const parsed = parsePolicy(JSON.stringify(document({ Sid: "Read" })), "identity");
    expect(parsed).to.deep.equal(document({ Sid: "Read" }));
    expect(parsePolicy({ Version: "2012-10-17", Statement: { ...statement, Sid: "Read" } }, "identity")).to.deep.equal(
      parsed,
    );
  });

  it("of a role's trust names a principal and no resource", () => {
    const trust = { ...document({ Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }) };
    const [{ Resource: _, ...withoutResource } = statement] = trust.Statement;
    expect(parsePolicy({ ...trust, Statement: [withoutResource] }, "trust").Statement).to.have.length(1);
  });

  for (const [title, source, kind, message] of refusals) {
    it(`is refused for ${title}`, () => {
      expect(() => parsePolicy(source, kind)).to.throw(PolicyError, message);
    });
  }

  it("is refused with the statement's own name", () => {
    expect(() => parsePolicy(document({ Sid: "Read", Principal: "*" }), "identity")).to.throw(/The statement Read /);
  });
});
