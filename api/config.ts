import { isIP } from "node:net";
import Type, { type StaticDecode, type TProperties } from "typebox";
import { Value } from "typebox/value";

/** Plain HTTP never leaves the machine: only a loopback address may stand for TLS. */
const origin = "(https://[^/?#@\\s]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d+)?)";
const mediaType = "[a-z0-9.+-]+/[a-z0-9.+-]+";
const listOf = (pattern: string) => `^(${pattern}(,${pattern})*)?$`;
const split = (list: string): readonly string[] => list.split(",").filter(Boolean);

const mostPerMinute = 100_000_000;

/** Each description ends the sentence "it must be …". */
const Environment = Type.Object({
  AWS_REGION: Type.String({ pattern: "^[a-z0-9-]+$", description: "the AWS region of the bucket and the table" }),
  LATCHKEY_BUCKET: Type.String({ pattern: "^[a-z0-9.-]{3,63}$", description: "the name of the media bucket" }),
  LATCHKEY_TABLE: Type.String({ pattern: "^[A-Za-z0-9_.-]{3,255}$", description: "the name of the photo table" }),
  LATCHKEY_MEDIA_URL: Type.String({
    pattern: `^${origin}$`,
    description: "the https origin of the media distribution, without a slash at the end",
  }),
  LATCHKEY_SIGNING_KEY_ID: Type.String({ pattern: "^[A-Za-z0-9]+$", description: "the id of a CloudFront public key" }),
  LATCHKEY_SIGNING_SECRET_ARN: Type.String({
    pattern: "^arn:[^:]+:secretsmanager:",
    description: "the ARN of the secret that holds the private half of that key",
  }),
  LATCHKEY_SIGNING_KEY_FRESH_SECONDS: Type.Integer({
    default: 60,
    minimum: 1,
    maximum: 300,
    description: "how long a signing key is used before it is read again, in whole seconds, 1 to 300",
  }),
  LATCHKEY_UPLOAD_ROLE_ARN: Type.String({
    pattern: "^arn:[^:]+:iam::\\d{12}:role/",
    description: "the ARN of the role whose sessions upload under a prefix each",
  }),
  LATCHKEY_ISSUER: Type.String({
    pattern: `^${origin}(/[^?#\\s]*)?$`,
    description: "the https URL of the OIDC issuer, to the letter as its tokens name it",
  }),
  LATCHKEY_CLIENT_ID: Type.String({ minLength: 1, description: "the app client's id, or the tokens' audience" }),
  LATCHKEY_URL_WINDOW_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    description: "the window of signed URLs in whole seconds, 60 to 86400",
  }),
  LATCHKEY_UPLOAD_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 900,
    description: "the life of a presigned request in whole seconds, 60 to 900",
  }),
  LATCHKEY_MULTIPART_DAYS: Type.Integer({
    default: 7,
    minimum: 1,
    maximum: 30,
    description: "the days that an upload in parts may take, 1 to 30",
  }),
  LATCHKEY_TRANSFER_ACCELERATION: Type.Decode(
    Type.Enum(["true", "false"], {
      type: "string",
      default: "false",
      description: "true where presigned URLs are to lead to the nearest edge of the bucket's, or false",
    }),
    (text) => text === "true",
  ),
  LATCHKEY_MAX_UPLOAD_BYTES: Type.Integer({ minimum: 1, description: "the largest upload in bytes" }),
  LATCHKEY_QUOTA_BYTES: Type.Integer({ minimum: 1, description: "the bytes that one user's photos may take up" }),
  LATCHKEY_QUOTA_PHOTOS: Type.Integer({ minimum: 1, description: "the photos that one user may have" }),
  LATCHKEY_ALLOWED_TYPES: Type.Decode(
    Type.String({
      minLength: 1,
      pattern: listOf(mediaType),
      description: "media types in lower case, separated by commas, such as image/jpeg,image/png",
    }),
    (list) => new Set(split(list)),
  ),
  LATCHKEY_LINK_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 365,
    description: "the days that a share link lives unless its creator says otherwise, 1 to 365",
  }),
  LATCHKEY_COOKIE_DOMAIN: Type.String({
    default: "",
    pattern: "^([a-z0-9-]+(\\.[a-z0-9-]+)+)?$",
    description: "the parent domain that the API and the media share, such as example.com, or empty",
  }),
  LATCHKEY_RATE_PER_USER: Type.Integer({
    default: 1200,
    minimum: 1,
    maximum: mostPerMinute,
    description: `the requests that a user may send in a minute, 1 to ${mostPerMinute}`,
  }),
  LATCHKEY_RATE_PER_ADDRESS: Type.Integer({
    default: 6000,
    minimum: 1,
    maximum: mostPerMinute,
    description: `the requests that may come from an address in a minute, 1 to ${mostPerMinute}`,
  }),
  LATCHKEY_TRUSTED_PROXIES: Type.Decode(
    Type.Refine(
      Type.String({
        default: "",
        description: "the addresses or CIDRs of the proxies in front whose X-Forwarded-For counts, separated by commas",
      }),
      (list) => split(list).every(isAddressOrCidr),
    ),
    split,
  ),
  LATCHKEY_ORIGIN_SECRET_ARN: Type.String({
    default: "",
    pattern: "^(arn:[^:]+:secretsmanager:.+)?$",
    description:
      "the ARN of the secret by which the edge in front proves itself, or empty to take requests from anywhere",
  }),
  LATCHKEY_ANSWER_SECONDS: Type.Integer({
    default: 25,
    minimum: 1,
    maximum: 60,
    description: "the seconds within which the function answers, 1 to 60, fewer than it may run",
  }),
  LATCHKEY_WEB_ORIGINS: Type.Decode(
    Type.String({
      default: "",
      pattern: listOf(origin),
      description: "the https origins of the web apps that may call, separated by commas",
    }),
    split,
  ),
  LATCHKEY_LOG_LEVEL: Type.Enum(["silent", "fatal", "error", "warn", "info", "debug"], {
    default: "info",
    description: "one of silent, fatal, error, warn, info, debug",
  }),
  LATCHKEY_ABSENCE_STEP_MS: Type.Integer({
    default: 50,
    minimum: 0,
    maximum: 1000,
    description: "the milliseconds that the time of a 404 is rounded up to, up to 1000, or 0 for none",
  }),
  LATCHKEY_MAX_LOOP_DELAY_MS: Type.Integer({
    default: 1000,
    minimum: 0,
    maximum: 60_000,
    description:
      "the delay of the event loop in milliseconds from which on the API is too busy to answer, up to 60000, or 0 for none",
  }),
  HOST: Type.String({ default: "127.0.0.1", minLength: 1, description: "the address to listen on" }),
  PORT: Type.Integer({ default: 4000, minimum: 0, maximum: 65_535, description: "the port to listen on, 0 to 65535" }),
});

export type Config = Readonly<StaticDecode<typeof Environment>>;

function isAddressOrCidr(text: string): boolean {
  const [address = "", length = "0", ...rest] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

/** Throws an Error that names every variable that is missing or wrong, what it must be and what it is. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const properties: TProperties = Environment.properties;
  const candidate: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const value = environment[name] ?? Reflect.get(schema, "default");
    candidate[name] = Type.IsInteger(schema) ? wholeNumber(value) : value;
  }
  const problems = Object.entries(properties)
    .filter(([name, schema]) => !Value.Check(schema, candidate[name]))
    .map(([name, schema]) => `  ${name} ${found(environment[name])}; it must be ${describe(schema)}`);
  if (problems.length > 0) throw new Error(`The environment of the signing API can't be used:\n${problems.join("\n")}`);
  return Value.Decode(Environment, candidate);
}

/** Text that is a whole number becomes one; TypeBox's own conversion would also take `1.5`, for 1. */
function wholeNumber(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function describe(schema: object): string {
  return "description" in schema ? String(schema.description) : "set";
}

function found(value: string | undefined): string {
  return value === undefined ? "is not set" : `is ${JSON.stringify(value)}`;
}
