import { type Answers, arn, characters, globalArn, lowerCase, physicalName, text, upperCase, uuid } from "./answer.ts";

export const identityAnswers: Answers = {
  "aws:cognito/identityPool:IdentityPool": (declared, place) => {
    const id = `${place.region}:${uuid(declared)}`;
    return { id, outputs: { arn: arn(place, "cognito-identity", `identitypool/${id}`) } };
  },
  "aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag": (declared) => ({
    id: `${text(declared, "identityPoolId")}:${text(declared, "identityProviderName")}`,
  }),
  "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": (declared) => ({
    id: text(declared, "identityPoolId"),
  }),
  "aws:cognito/userGroup:UserGroup": (declared) => ({
    id: `${text(declared, "userPoolId")}/${text(declared, "name")}`,
  }),
  "aws:cognito/userPool:UserPool": (declared, place) => {
    const id = `${place.region}_${characters(declared, 9, upperCase)}`;
    return {
      id,
      outputs: {
        name: physicalName(declared),
        arn: arn(place, "cognito-idp", `userpool/${id}`),
        endpoint: `cognito-idp.${place.region}.amazonaws.com/${id}`,
      },
    };
  },
  "aws:cognito/userPoolClient:UserPoolClient": (declared) => ({
    id: characters(declared, 26, lowerCase),
    outputs: { name: physicalName(declared) },
  }),
  "aws:cognito/identityProvider:IdentityProvider": (declared) => ({
    id: `${text(declared, "userPoolId")}:${text(declared, "providerName")}`,
  }),
  "aws:cognito/riskConfiguration:RiskConfiguration": (declared) => ({ id: text(declared, "userPoolId") }),
  "aws:cognito/userPoolDomain:UserPoolDomain": (declared, { region }) => ({
    id: text(declared, "domain"),
    outputs: { region, cloudfrontDistribution: `d${characters(declared, 13, lowerCase)}.cloudfront.net` },
  }),

  "aws:iam/policy:Policy": (declared, place) => {
    const name = physicalName(declared);
    const id = globalArn(place, "iam", `policy/${name}`);
    return { id, outputs: { name, arn: id, policyId: `ANPA${characters(declared, 17, upperCase)}` } };
  },
  "aws:iam/role:Role": (declared, place) => {
    const name = physicalName(declared);
    const path = declared.inputs.path === undefined ? "/" : text(declared, "path");
    return {
      id: name,
      outputs: {
        name,
        arn: globalArn(place, "iam", `role${path}${name}`),
        uniqueId: `AROA${characters(declared, 17, upperCase)}`,
      },
    };
  },
  "aws:iam/rolePolicy:RolePolicy": (declared) => {
    const name = physicalName(declared);
    return { id: `${text(declared, "role")}:${name}`, outputs: { name } };
  },
};
