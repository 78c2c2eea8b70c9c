import { Type } from "typebox";
import { adminOperation } from "./operation.ts";
import { toPascalCase } from "./pascal-case.ts";

export const describeUserPool = adminOperation("DescribeUserPool", Type.Object({}), (_identity, pool) => {
  const { declared, id, arn, name, domain, passwordPolicy } = pool;
  return {
    UserPool: {
      Id: id,
      Arn: arn,
      Name: name,
      Policies: { PasswordPolicy: toPascalCase(passwordPolicy) },
      UsernameAttributes: declared.usernameAttributes,
      AliasAttributes: declared.aliasAttributes,
      AutoVerifiedAttributes: declared.autoVerifiedAttributes,
      UsernameConfiguration: { CaseSensitive: declared.usernameConfiguration?.caseSensitive ?? true },
      MfaConfiguration: declared.mfaConfiguration ?? "OFF",
      DeletionProtection: declared.deletionProtection ?? "INACTIVE",
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: declared.adminCreateUserConfig?.allowAdminCreateUserOnly ?? false,
      },
      Domain: domain,
    },
  };
});
