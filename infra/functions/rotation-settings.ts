import { asObject } from "./parse.ts";

export interface RotationSettings {
  readonly secretArn: string;
  readonly keyGroupId: string;
  /** The origin of the media distribution. */
  readonly mediaUrl: string;
  /** CloudFront's id of the key that the deployment made. */
  readonly deployedKeyId: string;
  /** Keys of other slots, which are none of the rotation's business. */
  readonly keptKeyIds: readonly string[];
  /** How long a key stays trusted after another took over: the longest that a URL of it can live. */
  readonly trustedSeconds: number;
  /** How long the edge may take to be told of a key. */
  readonly proofSeconds: number;
  /** How long to wait for the other edges once one knows. */
  readonly settleSeconds: number;
}

export const rotationSteps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
export type RotationStep = (typeof rotationSteps)[number];

export type Rotation =
  | { readonly kind: "step"; readonly step: RotationStep; readonly token: string }
  | { readonly kind: "retire" };

/** Throws an Error for an event of another secret, so that one function can't be had to rotate what is not its own. */
export function parseRotation(event: unknown, secretArn: string): Rotation {
  const { SecretId, ClientRequestToken: token, Step, retire } = asObject(event, "The event");
  if (retire === true) return { kind: "retire" };
  const step = rotationSteps.find((each) => each === Step);
  if (SecretId !== secretArn) throw new Error(`The event is of ${JSON.stringify(SecretId)}; this rotates ${secretArn}`);
  if (step === undefined || typeof token !== "string") {
    throw new Error(`The event needs ClientRequestToken, and Step, one of ${rotationSteps.join(", ")}`);
  }
  return { kind: "step", step, token };
}

/** Throws an Error that names what is missing. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): RotationSettings {
  const text = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set; the deployment sets it`);
    return value;
  };
  const seconds = (name: string): number => {
    const value = Number(text(name));
    if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is ${env[name]}; it is a number of seconds`);
    return value;
  };
  return {
    secretArn: text("LATCHKEY_SIGNING_SECRET_ARN"),
    keyGroupId: text("LATCHKEY_KEY_GROUP_ID"),
    mediaUrl: text("LATCHKEY_MEDIA_URL"),
    deployedKeyId: text("LATCHKEY_SIGNING_KEY_ID"),
    keptKeyIds: env.LATCHKEY_KEPT_KEY_IDS?.split(",").filter(Boolean) ?? [],
    trustedSeconds: seconds("LATCHKEY_TRUSTED_SECONDS"),
    proofSeconds: seconds("LATCHKEY_PROOF_SECONDS"),
    settleSeconds: seconds("LATCHKEY_SETTLE_SECONDS"),
  };
}
