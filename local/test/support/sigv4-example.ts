import type { Credentials } from "../../iam/types.ts";
import { SigV4Error } from "../../sigv4/sigv4-error.ts";

/** The key that AWS's documentation signs its examples with. */
export const example: Credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  principal: {
    kind: "admin",
    arn: "arn:aws:iam::000000000000:user/example",
    accountId: "000000000000",
    userId: "AIDA",
  },
};

/** A session's key, which lasts until the end of `exampleNow`'s day. */
export const exampleSession: Credentials = {
  ...example,
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  sessionToken: "AQoDYXdzEPT//////////wEXAMPLE",
  expiresAt: new Date("2013-05-25T00:00:00Z"),
};

export const exampleNow = new Date("2013-05-24T00:00:00Z");

export function exampleLookup(accessKeyId: string): Credentials | undefined {
  return [example, exampleSession].find((known) => known.accessKeyId === accessKeyId);
}

/** The refusal that `act` throws; fails the test when it throws none. */
export function refusalOf(act: () => unknown): SigV4Error {
  try {
    act();
  } catch (error) {
    if (error instanceof SigV4Error) return error;
    throw error;
  }
  throw new Error("expected a SigV4Error, but the request was accepted");
}
