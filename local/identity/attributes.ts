import { type Static, Type } from "typebox";
import { CognitoError } from "./errors.ts";
import type { AppClient, UserPool } from "./pools.ts";

export type Attributes = Readonly<Record<string, string>>;

/** How the API writes attributes down. */
export const AttributeList = Type.Array(
  Type.Object({ Name: Type.String({ maxLength: 32 }), Value: Type.Optional(Type.String({ maxLength: 2048 })) }),
  { maxItems: 100 },
);

/** The claims that each OpenID scope opens. */
const scopeAttributes: Readonly<Record<string, readonly string[]>> = {
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  profile: [
    ...["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture"],
    ...["website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"],
  ],
};
const standard = new Set([...Object.values(scopeAttributes).flat(), "address"]);

/** A plausible address only: whether it takes mail is for the confirmation code to show. */
export const isEmail = (value: string) => /^[^\s@]+@[^\s@]+$/.test(value);
export const isPhoneNumber = (value: string) => /^\+[0-9]{6,15}$/.test(value);

/** Throws InvalidParameterException for what the pool's schema does not know or take. */
export function readAttributes(pool: UserPool, list: Static<typeof AttributeList> = []): Record<string, string> {
  const custom = new Set(pool.declared.schemas?.map(({ name }) => `custom:${name}`));
  const attributes: Record<string, string> = {};
  for (const { Name: name, Value: value = "" } of list) {
    if (!standard.has(name) && !custom.has(name)) {
      throw schemaError(`Type for attribute {${JSON.stringify(name)}} could not be determined`);
    }
    if (name === "email" && !isEmail(value)) throw invalid("Invalid email address format.");
    if (name === "phone_number" && !isPhoneNumber(value)) throw invalid("Invalid phone number format.");
    attributes[name] = value;
  }
  return attributes;
}

/** Throws InvalidParameterException when an attribute is missing that the pool's schema requires. */
export function requireAttributes(pool: UserPool, attributes: Attributes): void {
  const missing = pool.declared.schemas?.find(({ name, required }) => required && !attributes[name]);
  if (missing) throw schemaError(`${missing.name}: The attribute is required`);
}

/** Throws NotAuthorizedException for an attribute that the app may not write; `*_verified` no app may. */
export function checkWritable(client: AppClient, attributes: Attributes): void {
  const writable = client.declared.writeAttributes;
  const barred = Object.keys(attributes).some(
    (name) => name.endsWith("_verified") || (writable?.length && !writable.includes(name)),
  );
  if (barred) throw new CognitoError("NotAuthorizedException", "A client attempted to write unauthorized attribute");
}

export function toAttributeList(sub: string, attributes: Attributes): { Name: string; Value: string }[] {
  return Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value }));
}

/** What an app sees of a user: what it may read, within what its scopes open. */
export function visibleAttributes(client: AppClient, scopes: readonly string[], attributes: Attributes): Attributes {
  const opened = new Set(scopes.flatMap((scope) => scopeAttributes[scope] ?? []));
  // Cognito: `openid` with no scope that narrows it, like a sign-in through the API, opens everything readable.
  const everything = opened.size === 0;
  const readable = client.declared.readAttributes;
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => (everything || opened.has(name)) && (!readable?.length || readable.includes(name)),
    ),
  );
}

function invalid(message: string): CognitoError {
  return new CognitoError("InvalidParameterException", message);
}

function schemaError(message: string): CognitoError {
  return invalid(`Attributes did not conform to the schema: ${message}`);
}
