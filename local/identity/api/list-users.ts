import { Type } from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { CognitoError } from "../errors.ts";
import type { User } from "../store.ts";
import { adminOperation } from "./operation.ts";
import { userRecord } from "./user-record.ts";

const Input = Type.Object({
  AttributesToGet: Type.Optional(Type.Array(Type.String())),
  Limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
  PaginationToken: Type.Optional(Type.String({ maxLength: 1024 })),
  Filter: Type.Optional(Type.String({ maxLength: 256 })),
});

export const listUsers = adminOperation("ListUsers", Input, (identity, pool, input) => {
  if (input.AttributesToGet) throw notImplemented("cognito-idp", "ListUsers with AttributesToGet");
  const limit = input.Limit || 60;
  const matches = readFilter(input.Filter);
  let cursor = input.PaginationToken === undefined ? "" : Buffer.from(input.PaginationToken, "base64url").toString();
  const found: User[] = [];
  let page: User[];
  do {
    page = identity.store.listUsers(pool.id, cursor, limit - found.length);
    cursor = page.at(-1)?.username ?? cursor;
    found.push(...page.filter(matches));
  } while (page.length > 0 && found.length < limit);
  return {
    Users: found.map((user) => {
      const { attributes, ...record } = userRecord(user);
      return { ...record, Attributes: attributes };
    }),
    ...(page.length > 0 && { PaginationToken: Buffer.from(cursor).toString("base64url") }),
  };
});

/** One comparison of one attribute, equal or by prefix: `email ^= "olga"`. */
function readFilter(filter = ""): (user: User) => boolean {
  if (filter === "") return () => true;
  const [, name, operator, wanted] = /^\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? [];
  if (name === undefined || wanted === undefined) {
    throw new CognitoError("InvalidParameterException", "One or more parameters are not valid: Filter");
  }
  const value = wanted.replace(/\\(.)/g, "$1");
  return (user) => {
    const fields: Record<string, string> = {
      ...user.attributes,
      sub: user.sub,
      username: user.username,
      "cognito:user_status": user.status,
    };
    const actual = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return operator === "=" ? actual === value : actual?.startsWith(value) === true;
  };
}
