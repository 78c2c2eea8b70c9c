import type { Identity } from "../identity.ts";
import type { UserPool } from "../pools.ts";
import type { User } from "../store.ts";

/** Sends a code to the first address of the user that the pool verifies; without one an administrator confirms the user. */
export function sendCode(identity: Identity, pool: UserPool, user: User): object {
  const attribute = pool.declared.autoVerifiedAttributes?.find((name) => user.attributes[name]);
  if (!attribute) return {};
  identity.confirmations.send(user, attribute);
  return codeDelivery(attribute, user.attributes[attribute] ?? "");
}

/** Shows of an address only so much that its owner knows it again: `o***@example.com`. */
export function codeDelivery(attribute: string, address: string): object {
  return {
    CodeDeliveryDetails: {
      AttributeName: attribute,
      DeliveryMedium: attribute === "email" ? "EMAIL" : "SMS",
      Destination: attribute === "email" ? address.replace(/(?<=^.)[^@]*/, "***") : `+*******${address.slice(-4)}`,
    },
  };
}
