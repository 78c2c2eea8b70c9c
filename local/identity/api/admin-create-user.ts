import { Type } from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { AttributeList, readAttributes } from "../attributes.ts";
import { checkPassword, generatePassword } from "../passwords.ts";
import { adminOperation } from "./operation.ts";
import { Metadata, Name, Secret } from "./parameters.ts";
import { userRecord } from "./user-record.ts";

const Input = Type.Object({
  Username: Name,
  TemporaryPassword: Type.Optional(Secret),
  UserAttributes: Type.Optional(AttributeList),
  MessageAction: Type.Optional(Type.Union([Type.Literal("SUPPRESS"), Type.Literal("RESEND")])),
  DesiredDeliveryMediums: Type.Optional(Type.Array(Type.String())),
  ForceAliasCreation: Type.Optional(Type.Boolean()),
  ClientMetadata: Metadata,
});

const dayMs = 86_400_000;

export const adminCreateUser = adminOperation("AdminCreateUser", Input, async (identity, pool, input) => {
  if (input.MessageAction === "RESEND") throw notImplemented("cognito-idp", "AdminCreateUser with RESEND");
  // The invitation would carry the password; a log must not, so without mail it has to come from the caller.
  if (!input.TemporaryPassword && input.MessageAction !== "SUPPRESS") {
    throw notImplemented("cognito-idp", "AdminCreateUser that invites by mail (give a TemporaryPassword)");
  }
  const password = input.TemporaryPassword ?? generatePassword(pool.passwordPolicy);
  checkPassword(pool.passwordPolicy, password);
  const user = await identity.directory.create(pool, {
    signInName: input.Username,
    password,
    attributes: readAttributes(pool, input.UserAttributes),
    status: "FORCE_CHANGE_PASSWORD",
    temporaryPasswordUntil: identity.now().getTime() + pool.passwordPolicy.temporaryPasswordValidityDays * dayMs,
  });
  const { attributes, ...record } = userRecord(user);
  return { User: { ...record, Attributes: attributes } };
});
