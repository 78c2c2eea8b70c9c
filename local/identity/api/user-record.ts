import { toAttributeList } from "../attributes.ts";
import type { User } from "../store.ts";
import { timestamp } from "./parameters.ts";

/** A user as administrators see one; AdminGetUser calls the attributes by another name. */
export function userRecord(user: User) {
  return {
    Username: user.username,
    Enabled: true,
    UserStatus: user.status,
    UserCreateDate: timestamp(user.createdAt),
    UserLastModifiedDate: timestamp(user.updatedAt),
    attributes: toAttributeList(user.sub, user.attributes),
  };
}
