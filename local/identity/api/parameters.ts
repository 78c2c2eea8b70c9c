import { Type } from "typebox";
import { CognitoError } from "../errors.ts";

export const Name = Type.String({ minLength: 1, maxLength: 128 });
export const Secret = Type.String({ minLength: 1, maxLength: 4096 });
export const SecretHash = Type.Optional(Type.String({ maxLength: 128 }));
export const ClientId = Type.String({ minLength: 1, maxLength: 128, pattern: "^[\\w+]+$" });
export const Metadata = Type.Optional(Type.Record(Type.String(), Type.String()));

/** The loose half of the sign-in calls: what must be in it hangs on the flow. */
export const LooseParameters = Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 4096 })));
export type Parameters = Readonly<Record<string, string | undefined>>;

export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (!value) throw new CognitoError("InvalidParameterException", `Missing required parameter ${name}`);
  return value;
}

/** The JSON protocol writes times as seconds. */
export function timestamp(milliseconds: number): number {
  return milliseconds / 1000;
}
