import { type Static, Type } from "typebox";
import { parseInputs } from "../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../program/recording.ts";

const many = Type.Optional(Type.Array(Type.String()));
const flag = Type.Optional(Type.Boolean());
const count = Type.Optional(Type.Number({ minimum: 0 }));
const text = Type.Optional(Type.String());

const PasswordPolicy = Type.Object({
  minimumLength: count,
  requireLowercase: flag,
  requireUppercase: flag,
  requireNumbers: flag,
  requireSymbols: flag,
  temporaryPasswordValidityDays: count,
});

const DeclaredPool = Type.Object({
  usernameAttributes: many,
  aliasAttributes: many,
  autoVerifiedAttributes: many,
  mfaConfiguration: Type.Optional(Type.Union([Type.Literal("OFF"), Type.Literal("OPTIONAL"), Type.Literal("ON")])),
  softwareTokenMfaConfiguration: Type.Optional(Type.Object({ enabled: Type.Boolean() })),
  smsConfiguration: Type.Optional(Type.Unknown()),
  emailMfaConfiguration: Type.Optional(Type.Unknown()),
  deletionProtection: text,
  usernameConfiguration: Type.Optional(Type.Object({ caseSensitive: flag })),
  passwordPolicy: Type.Optional(PasswordPolicy),
  adminCreateUserConfig: Type.Optional(Type.Object({ allowAdminCreateUserOnly: flag })),
  lambdaConfig: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  schemas: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), attributeDataType: Type.String(), required: flag })),
  ),
});

const unit = Type.Optional(
  Type.Union([Type.Literal("seconds"), Type.Literal("minutes"), Type.Literal("hours"), Type.Literal("days")]),
);

const DeclaredClient = Type.Object({
  userPoolId: Type.String(),
  generateSecret: flag,
  explicitAuthFlows: many,
  allowedOauthFlowsUserPoolClient: flag,
  allowedOauthFlows: many,
  allowedOauthScopes: many,
  callbackUrls: many,
  logoutUrls: many,
  supportedIdentityProviders: many,
  readAttributes: many,
  writeAttributes: many,
  preventUserExistenceErrors: text,
  enableTokenRevocation: flag,
  refreshTokenRotation: Type.Optional(Type.Object({ feature: Type.String() })),
  authSessionValidity: count,
  accessTokenValidity: count,
  idTokenValidity: count,
  refreshTokenValidity: count,
  tokenValidityUnits: Type.Optional(Type.Object({ accessToken: unit, idToken: unit, refreshToken: unit })),
});

/** A user pool as the program declared it, with Cognito's own defaults where it was silent. */
export interface UserPool {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly declared: Static<typeof DeclaredPool>;
  readonly passwordPolicy: Required<Static<typeof PasswordPolicy>>;
  readonly groups: ReadonlySet<string>;
  /** The prefix or host of the hosted UI; without a declared domain there is none. */
  readonly domain: string | undefined;
}

/** An app client of a pool; the times are seconds. */
export interface AppClient {
  readonly id: string;
  readonly name: string;
  readonly declared: Static<typeof DeclaredClient>;
  /** Only confidential clients have one. */
  readonly secret: string | undefined;
  readonly validity: {
    readonly access: number;
    readonly id: number;
    readonly refresh: number;
    readonly session: number;
  };
}

export function userPools(recording: Recording): UserPool[] {
  return resourcesOf(recording, "aws:cognito/userPool:UserPool").map((resource) => readPool(recording, resource));
}

export function findPool(recording: Recording, id: string): UserPool | undefined {
  const resource = resourcesOf(recording, "aws:cognito/userPool:UserPool").find((pool) => pool.id === id);
  return resource && readPool(recording, resource);
}

export function findClient(recording: Recording, id: string): AppClient | undefined {
  const resource = resourcesOf(recording, "aws:cognito/userPoolClient:UserPoolClient").find((it) => it.id === id);
  return resource && readClient(resource);
}

export function clientsOf(recording: Recording, poolId: string): AppClient[] {
  return resourcesOf(recording, "aws:cognito/userPoolClient:UserPoolClient")
    .map(readClient)
    .filter((client) => client.declared.userPoolId === poolId);
}

export function poolArn(recording: Recording, poolId: string): string {
  return `arn:aws:cognito-idp:${recording.region}:${recording.accountId}:userpool/${poolId}`;
}

/** Whether the client may use a flow, in either of the spellings that Cognito has had for it. */
export function allowsFlow(client: AppClient, flow: string): boolean {
  const flows = client.declared.explicitAuthFlows;
  // A client declared without flows gets these two (and custom ones, which need Lambda triggers).
  if (!flows?.length) return flow === "USER_SRP_AUTH" || flow === "REFRESH_TOKEN_AUTH";
  return flows.includes(`ALLOW_${flow}`) || flows.includes(flow);
}

export function allowsRevocation(client: AppClient): boolean {
  return client.declared.enableTokenRevocation ?? true;
}

/** Whether users may have an authenticator app, and no other second factor. */
export function takesAppsOnly({ declared }: UserPool): boolean {
  const others = [declared.smsConfiguration, declared.emailMfaConfiguration];
  return declared.softwareTokenMfaConfiguration?.enabled === true && others.every((other) => other === undefined);
}

/** Whether an absent user must look like a wrong password or code. */
export function hidesAbsentUsers(client: AppClient): boolean {
  return client.declared.preventUserExistenceErrors === "ENABLED";
}

function readPool(recording: Recording, resource: RecordedResource): UserPool {
  const declared = parseInputs(DeclaredPool, resource);
  const names = (type: string, name: "name" | "domain") =>
    resourcesOf(recording, type)
      .filter(({ inputs }) => inputs.userPoolId === resource.id)
      .map((it) => String(it.outputs[name]));
  return {
    id: resource.id,
    arn: poolArn(recording, resource.id),
    name: String(resource.outputs.name),
    declared,
    passwordPolicy: { ...defaultPasswordPolicy, ...declared.passwordPolicy },
    groups: new Set(names("aws:cognito/userGroup:UserGroup", "name")),
    domain: names("aws:cognito/userPoolDomain:UserPoolDomain", "domain")[0],
  };
}

const defaultPasswordPolicy = {
  minimumLength: 8,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
  temporaryPasswordValidityDays: 7,
};

const secondsPer = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

function readClient(resource: RecordedResource): AppClient {
  const declared = parseInputs(DeclaredClient, resource);
  const units = declared.tokenValidityUnits;
  // Zero and absent both mean Cognito's default: an hour, an hour, thirty days.
  const seconds = (time: number | undefined, per: keyof typeof secondsPer, otherwise: number) =>
    time ? time * secondsPer[per] : otherwise;
  return {
    id: resource.id,
    name: String(resource.outputs.name),
    declared,
    secret: declared.generateSecret ? secretOf(resource) : undefined,
    validity: {
      access: seconds(declared.accessTokenValidity, units?.accessToken ?? "hours", 3600),
      id: seconds(declared.idTokenValidity, units?.idToken ?? "hours", 3600),
      refresh: seconds(declared.refreshTokenValidity, units?.refreshToken ?? "days", 30 * 86_400),
      session: seconds(declared.authSessionValidity, "minutes", 180),
    },
  };
}

function secretOf({ outputs, type, name }: RecordedResource): string {
  const secret = outputs.clientSecret;
  if (typeof secret === "string" && secret !== "") return secret;
  throw new Error(`${type} "${name}" asks for a client secret and the local provider computed none.`);
}
