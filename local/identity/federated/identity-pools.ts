import { type Static, Type } from "typebox";
import { parseInputs } from "../../program/parse-inputs.ts";
import { type RecordedResource, type Recording, resourcesOf } from "../../program/recording.ts";

const closed = { additionalProperties: false };

const Provider = Type.Object(
  { providerName: Type.String(), clientId: Type.String(), serverSideTokenCheck: Type.Optional(Type.Boolean()) },
  closed,
);
const DeclaredPool = Type.Object(
  {
    identityPoolName: Type.String(),
    // Guests and the classic flow are refused by name: whoever lets them in must not find them merely absent here.
    allowUnauthenticatedIdentities: Type.Optional(Type.Literal(false)),
    allowClassicFlow: Type.Optional(Type.Literal(false)),
    cognitoIdentityProviders: Type.Optional(Type.Array(Provider)),
  },
  closed,
);
const Tags = Type.Object(
  {
    identityPoolId: Type.String(),
    identityProviderName: Type.String(),
    principalTags: Type.Optional(Type.Record(Type.String(), Type.String())),
    useDefaults: Type.Optional(Type.Literal(false)),
  },
  closed,
);
const Roles = Type.Object(
  { identityPoolId: Type.String(), roles: Type.Object({ authenticated: Type.Optional(Type.String()) }, closed) },
  closed,
);

/** An app client of a user pool whose ID tokens the identity pool takes. */
export type LoginProvider = Static<typeof Provider>;

/** An identity pool as the program declared it. */
export interface IdentityPool {
  readonly id: string;
  readonly providers: readonly LoginProvider[];
  /** The role of whoever has signed in; without one there are no credentials to be had. */
  readonly roleArn: string | undefined;
  /** The session tags that a provider's claims become: the tag's key, and the claim's name. */
  tagsOf(providerName: string): Readonly<Record<string, string>>;
}

/** Throws an Error that names the resource for what the local cloud can't honour. */
export function identityPools(recording: Recording): IdentityPool[] {
  return resourcesOf(recording, "aws:cognito/identityPool:IdentityPool").map((pool) => readPool(recording, pool));
}

function readPool(recording: Recording, resource: RecordedResource): IdentityPool {
  const isOfPool = ({ identityPoolId }: { identityPoolId: string }) => identityPoolId === resource.id;
  const attachment = resourcesOf(recording, "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment")
    .map((it) => parseInputs(Roles, it))
    .find(isOfPool);
  const tags = resourcesOf(recording, "aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag")
    .map((it) => parseInputs(Tags, it))
    .filter(isOfPool);
  return {
    id: resource.id,
    providers: parseInputs(DeclaredPool, resource).cognitoIdentityProviders ?? [],
    roleArn: attachment?.roles.authenticated,
    tagsOf: (name) => tags.find((it) => it.identityProviderName === name)?.principalTags ?? {},
  };
}
