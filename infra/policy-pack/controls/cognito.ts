import { type Control, faultsAt, is, isAtLeast, isAtMost } from "../control.ts";

const pools = ["aws:cognito/userPool:UserPool"];
const kindsOfCharacters = ["requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"];

export const cognitoControls: readonly Control[] = [
  {
    id: "Cognito.1",
    title: "Threat protection acts on risky sign-ins",
    how: "`latchkey:threatProtection`, which takes the Plus tier",
    option: true,
    types: pools,
    faults: (it) =>
      faultsAt(it, "userPoolAddOns.advancedSecurityMode", is("ENFORCED"), "set latchkey:threatProtection to true"),
  },
  {
    id: "Cognito.2",
    title: "An identity pool knows no guests",
    how: "`allowUnauthenticatedIdentities` is false",
    types: ["aws:cognito/identityPool:IdentityPool"],
    faults: (it) => faultsAt(it, "allowUnauthenticatedIdentities", is(false, undefined), "set it to false"),
  },
  {
    id: "Cognito.3",
    title: "Passwords are strong",
    how: "12 characters of all four kinds; one that an administrator set lives a day",
    types: pools,
    faults: (it) => [
      ...faultsAt(it, "passwordPolicy.minimumLength", isAtLeast(8), "take 8 or more"),
      ...kindsOfCharacters.flatMap((kind) => faultsAt(it, `passwordPolicy.${kind}`, is(true), "set it to true")),
      ...faultsAt(it, "passwordPolicy.temporaryPasswordValidityDays", isAtMost(7), "take 7 days or fewer"),
    ],
  },
  {
    id: "Cognito.4",
    title: "Threat protection acts on custom sign-ins too",
    how: "`latchkey:threatProtection` too; no client of a stack may sign in by a flow of its own",
    option: true,
    types: pools,
    faults: (it) =>
      faultsAt(
        it,
        "userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode",
        is("ENFORCED"),
        "set latchkey:threatProtection to true",
      ),
  },
  {
    id: "Cognito.5",
    title: "A user pool asks for a second factor",
    how: "`latchkey:mfa` is `optional` or `required`",
    types: pools,
    faults: (it) => faultsAt(it, "mfaConfiguration", is("ON", "OPTIONAL"), "set latchkey:mfa to optional or required"),
  },
  {
    id: "Cognito.6",
    title: "A user pool can't be deleted by mistake",
    how: "`latchkey:protectData`",
    types: pools,
    faults: (it) => faultsAt(it, "deletionProtection", is("ACTIVE"), "set latchkey:protectData to true"),
  },
];
