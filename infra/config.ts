import { signingAlgorithms, signingSlots } from "./components/trusted-signer.ts";
import { contradictions } from "./config-contradictions.ts";
import {
  boolean,
  cidr,
  cloudFrontId,
  cookieDomain,
  countryCode,
  hostName,
  integer,
  issuer,
  listOf,
  matching,
  nonEmpty,
  oneOf,
  oneOfNumbers,
  optional,
  origin,
  type Parse,
  redirectUrl,
  WrongValueError,
} from "./config-values.ts";

const gibibyte = 1024 ** 3;

const clientSecret = matching(/^\S{8,512}$/, "give the client's secret, 8 characters or more and none of them a space");

/** Never shown, not even when they are wrong. */
const secretKeys: ReadonlySet<string> = new Set(["googleClientSecret", "applePrivateKey", "oidcClientSecret"]);

/** What a provider of sign-ins needs; all of it or nothing. */
const signInProviders = [
  ["googleClientId", "googleClientSecret"],
  ["appleServicesId", "appleTeamId", "appleKeyId", "applePrivateKey"],
  ["oidcIssuer", "oidcClientId", "oidcClientSecret"],
] as const;

/** What may be set, beside its declaration in Pulumi.yaml, which holds descriptions and defaults. */
const fields = {
  webOrigins: listOf(origin),
  callbackUrls: listOf(redirectUrl),
  logoutUrls: listOf(redirectUrl),
  passwordSignIn: boolean,
  selfSignUp: boolean,
  mfa: oneOf("off", "optional", "required"),
  threatProtection: boolean,
  signInDomain: optional(
    matching(
      /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]+)*$/,
      "give a prefix such as photos-acme, without aws, amazon or cognito in it, or a domain of your own in lower case, or nothing",
    ),
  ),
  signInCertificateArn: optional(
    matching(/^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, "give the ARN of a certificate in us-east-1"),
  ),
  googleClientId: optional(
    matching(
      /^[\w-]+\.apps\.googleusercontent\.com$/,
      "give the client's id, which ends in .apps.googleusercontent.com",
    ),
  ),
  googleClientSecret: optional(clientSecret),
  appleServicesId: optional(matching(/^[\w.-]{1,255}$/, "give the Services ID, such as com.example.photos.signin")),
  appleTeamId: optional(matching(/^[A-Z0-9]{10}$/, "give the ten characters of the Team ID")),
  appleKeyId: optional(matching(/^[A-Z0-9]{10}$/, "give the ten characters of the Key ID")),
  applePrivateKey: optional(
    matching(
      /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PRIVATE KEY-----\n?$/,
      "give the .p8 file that Apple made, whole",
    ),
  ),
  oidcName: matching(
    /^(?!COGNITO$|Google$|SignInWithApple$)[A-Za-z][\w-]{2,31}$/,
    "give 3 to 32 letters, digits, - or _ that name no other provider",
  ),
  oidcIssuer: optional(issuer),
  oidcClientId: optional(matching(/^\S{1,255}$/, "give the client's id at the issuer")),
  oidcClientSecret: optional(clientSecret),

  // Only what the worker knows, or every upload of another type would end up rejected.
  allowedTypes: nonEmpty(
    listOf(
      oneOf(
        ...(["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif", "image/heic", "image/heif"] as const),
        ...(["video/mp4", "video/quicktime", "video/webm"] as const),
      ),
    ),
  ),
  maxUploadBytes: integer(1, 5 * gibibyte),
  multipartDays: integer(1, 30),
  transferAcceleration: boolean,
  quotaGigabytes: integer(1, 1_000_000),
  quotaPhotos: integer(1, 1_000_000_000),
  ratePerUser: integer(1, 100_000_000),
  ratePerAddress: integer(1, 100_000_000),
  apiRequestsPerSecond: integer(1, 10_000),
  originSecret: integer(1, 1_000_000),
  linkDays: integer(1, 365),
  cookieDomain,
  reconcileMinutes: integer(1, 1440),
  // The largest that phones take; more of a progressive JPEG would not fit into the worker's memory.
  maxPixels: integer(1_000_000, 200_000_000),
  renditionFormats: listOf(oneOf("avif", "jpg")),
  malwareScan: oneOf("none", "guardduty", "custom"),
  uploadSeconds: integer(60, 900),
  urlWindowSeconds: integer(60, 43_200),
  versionRetentionDays: integer(1, 3650),
  bucketEncryption: oneOf("kms", "s3"),

  signingAlgorithm: oneOf(...signingAlgorithms),
  signingKeyA: integer(0, 1_000_000),
  signingKeyB: integer(0, 1_000_000),
  signingKeyActive: oneOf(...signingSlots),
  signingKeyDays: integer(0, 1000),
  signingKeySettleSeconds: integer(0, 600),

  wafMode: oneOf("block", "count"),
  rateLimit: integer(10, 2_000_000_000),
  allowedCidrs: listOf(cidr),
  deniedCidrs: listOf(cidr),
  deniedCountries: listOf(countryCode),
  zone: optional(hostName),
  mediaDomain: optional(hostName),
  apiDomain: optional(hostName),
  httpVersion: oneOf("http2", "http2and3"),
  originShield: boolean,
  continuousDeploymentPolicy: optional(cloudFrontId),
  stagingDistribution: optional(cloudFrontId),
  priceClass: oneOf("PriceClass_100", "PriceClass_200", "PriceClass_All"),

  protectData: boolean,
  pointInTimeRecovery: boolean,
  adminMfa: boolean,
  adminRoles: listOf(
    matching(
      /^arn:aws[\w-]*:iam::\d{12}:role\/([\w+=,.@*-]+\/)*[\w+=,.@-][\w+=,.@*-]*$/,
      "give a role's ARN, in which * may stand for anything but the start of the name",
    ),
  ),
  configRules: boolean,
  auditorAccount: optional(matching(/^\d{12}$/, "give the twelve digits of the auditor's account, in quotes")),
  auditorExternalId: optional(
    // As IAM takes it, but for its length: two characters could be guessed.
    matching(/^[\w+=,.@:/-]{16,1224}$/, "agree on 16 or more letters, digits and +=,.@:/-_"),
  ),
  alarmEmails: listOf(matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "give an address such as ops@example.com")),
  // CloudWatch Logs takes no other numbers of days.
  logRetentionDays: oneOfNumbers(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653),
} satisfies Record<string, Parse<unknown>>;

type Fields = typeof fields;
export type LatchkeyConfig = { readonly [Key in keyof Fields]: ReturnType<Fields[Key]> };

/** Everything that is wrong with a stack's configuration, one line for each fault. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["The stack's configuration needs mending:", ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads the whole configuration of a stack, given by full keys such as `latchkey:webOrigins`; throws a ConfigError
 * that names every wrong key, its value, and what to do, and the stack's name where it is wrong itself.
 */
export function readConfig(project: string, stack: string, values: Readonly<Record<string, string>>): LatchkeyConfig {
  const problems: string[] = [];
  const read = (key: string, parse: Parse<unknown>): unknown => {
    const text = values[`${project}:${key}`];
    if (text === undefined) {
      problems.push(`${key} is not set; set it, or give it back its default in Pulumi.yaml`);
      return undefined;
    }
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof WrongValueError)) throw error;
      problems.push(`${key} is ${secretKeys.has(key) ? "not as it must be" : quote(text)}; ${error.message}`);
      return undefined;
    }
  };
  const config = Object.fromEntries(Object.entries(fields).map(([key, parse]) => [key, read(key, parse)]));
  problems.push(...contradictions(config), ...signInContradictions(config), ...unknownKeys(project, values));
  const all = [...stackNameProblems(stack), ...problems.map((problem) => `${project}:${problem}`)];
  if (all.length > 0) throw new ConfigError(all);
  return config as LatchkeyConfig;
}

/** Pulumi takes names that the buckets, the trail and the dashboard called after the stack can't have. */
function stackNameProblems(stack: string): string[] {
  if (/^[a-z0-9](-?[a-z0-9]){0,15}$/.test(stack)) return [];
  return [
    `The stack is called ${JSON.stringify(stack)}, and S3 would refuse a bucket of that name; use up to 16 lower-case letters and digits, with single hyphens between them`,
  ];
}

function signInContradictions(config: Partial<LatchkeyConfig>): string[] {
  const { callbackUrls, signInDomain = "", signInCertificateArn = "" } = config;
  const problems: string[] = [];
  for (const keys of signInProviders) {
    const [set, missing] = [keys.filter((key) => config[key]), keys.filter((key) => config[key] === "")];
    if (set.length > 0 && missing.length > 0) {
      problems.push(`${set[0]} is set, but ${missing.join(" and ")} not; set all of ${keys.join(", ")}, or none`);
    }
    if (set.length > 0 && callbackUrls?.length === 0) {
      problems.push(`${set[0]} is set, but no callbackUrls; set where the hosted sign-in may send people back to`);
    }
  }
  if (signInDomain.includes(".") !== (signInCertificateArn !== "")) {
    problems.push(
      `signInDomain is ${quote(signInDomain)} and signInCertificateArn ${quote(signInCertificateArn)}; a domain of your own needs both, and a prefix no certificate`,
    );
  }
  if (signInDomain !== "" && callbackUrls?.length === 0) {
    problems.push(
      `signInDomain is ${quote(signInDomain)}, but without callbackUrls there is no hosted sign-in; set callbackUrls or empty signInDomain`,
    );
  }
  return problems;
}

/** Pulumi takes a misspelt key without a word, and the default then stands where a protection was meant. */
function unknownKeys(project: string, values: Readonly<Record<string, string>>): string[] {
  return Object.keys(values)
    .filter((key) => key.startsWith(`${project}:`) && !Object.hasOwn(fields, key.slice(project.length + 1)))
    .map((key) => `${key.slice(project.length + 1)} is not a key of this project; see Pulumi.yaml for those that are`);
}

function quote(text: string): string {
  return text.startsWith("[") ? text : JSON.stringify(text);
}
