import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { type AddressSet, addressSet } from "../firewall/address-set.ts";
import { refusal } from "./edge-error.ts";
import { wildcard } from "./wildcard.ts";

/** What a signature allows. */
export interface SignedPolicy {
  /** Whether it covers a URL, which has no signing parameters left in it. */
  covers(url: string): boolean;
  /** Seconds since 1970. */
  readonly notBefore: number | undefined;
  readonly notAfter: number;
  readonly from: AddressSet | undefined;
}

const closed = { additionalProperties: false };
const Time = Type.Object({ "AWS:EpochTime": Type.Integer({ minimum: 0, maximum: 253_402_300_799 }) }, closed);

/** CloudFront reads one statement, and nothing in it that it does not know. */
const Policy = Type.Object(
  {
    Statement: Type.Tuple([
      Type.Object(
        {
          // Without one, a policy covers whatever its key may open.
          Resource: Type.Optional(Type.String({ pattern: "^(\\*|https?://|http\\*://)" })),
          Condition: Type.Object(
            {
              DateLessThan: Time,
              DateGreaterThan: Type.Optional(Time),
              IpAddress: Type.Optional(Type.Object({ "AWS:SourceIp": Type.String() }, closed)),
            },
            closed,
          ),
        },
        closed,
      ),
    ]),
  },
  closed,
);

/** Reads a custom policy; throws MalformedPolicy for anything that CloudFront would not take as one. */
export function readPolicy(text: string): SignedPolicy {
  const { Resource, Condition } = statementOf(text);
  return {
    covers: wildcard(Resource ?? "*"),
    notBefore: Condition.DateGreaterThan?.["AWS:EpochTime"],
    notAfter: Condition.DateLessThan["AWS:EpochTime"],
    from: Condition.IpAddress && addressesOf(Condition.IpAddress["AWS:SourceIp"]),
  };
}

/** The text that the signer of a canned policy signed: it is never sent, so the URL itself is what it covers. */
export function cannedPolicy(url: string, expires: number): string {
  return JSON.stringify({
    Statement: [{ Resource: url, Condition: { DateLessThan: { "AWS:EpochTime": expires } } }],
  });
}

function statementOf(text: string): Static<typeof Policy>["Statement"][0] {
  const parsed = parseJson(text);
  if (!Value.Check(Policy, parsed)) throw refusal("MalformedPolicy");
  return parsed.Statement[0];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("MalformedPolicy");
  }
}

/** IPv4 only, as in CloudFront: hence no IPv6 on a distribution whose signatures are bound to an address. */
function addressesOf(block: string): AddressSet {
  const cidr = block.includes("/") ? block : `${block}/32`;
  if (cidr.includes(":")) throw refusal("MalformedPolicy");
  try {
    return addressSet([cidr]);
  } catch {
    throw refusal("MalformedPolicy");
  }
}
