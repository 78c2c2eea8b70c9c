import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { identityPoolUserPolicy, userIdTag } from "../policies/identity-pool-user.ts";
import { trustIdentityPool } from "../policies/trust.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { MediaBucket } from "./media-bucket.ts";
import { ServiceRole } from "./service-role.ts";

export interface UploadIdentitiesArgs {
  bucket: MediaBucket;
  key: EncryptionKey;
  /** Only its users, signed in through this client, get credentials. */
  userPool: aws.cognito.UserPool;
  client: aws.cognito.UserPoolClient;
  boundaryArn: pulumi.Input<string>;
}

/**
 * The identity pool where a signed-in user trades an ID token for AWS credentials that upload under `uploads/{userId}/`
 * and do nothing else.
 */
export class UploadIdentities extends pulumi.ComponentResource {
  readonly identityPoolId: pulumi.Output<string>;

  constructor(name: string, args: UploadIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:identity:UploadIdentities", name, {}, opts);
    const { bucket, key, userPool, client, boundaryArn } = args;
    const child = { parent: this };

    const pool = new aws.cognito.IdentityPool(
      name,
      {
        // Names may repeat in an account, but people who look for theirs are helped by the stack.
        identityPoolName: `${name}-${pulumi.getStack()}`,
        allowUnauthenticatedIdentities: false,
        // The classic flow hands out a token that any role which trusts the pool could be taken on with.
        allowClassicFlow: false,
        cognitoIdentityProviders: [
          {
            providerName: userPool.endpoint,
            clientId: client.id,
            // Or a user who was deleted or signed out everywhere would still get credentials for an old token.
            serverSideTokenCheck: true,
          },
        ],
      },
      child,
    );
    const tags = new aws.cognito.IdentityPoolProviderPrincipalTag(
      `${name}-tags`,
      { identityPoolId: pool.id, identityProviderName: userPool.endpoint, principalTags: { [userIdTag]: "sub" } },
      child,
    );
    const role = new ServiceRole(
      `${name}-role`,
      {
        trust: pool.id.apply(trustIdentityPool),
        policy: pulumi.jsonStringify(
          pulumi.output({ bucketArn: bucket.arn, key: key.facts }).apply(identityPoolUserPolicy),
        ),
        boundaryArn,
      },
      child,
    );
    const roles = new aws.cognito.IdentityPoolRoleAttachment(
      `${name}-roles`,
      { identityPoolId: pool.id, roles: { authenticated: role.arn } },
      child,
    );

    // Whoever takes the pool waits until its users are told apart: without the tag the role opens nothing.
    this.identityPoolId = pulumi.all([pool.id, tags.id, roles.id]).apply(([id]) => id);
    this.registerOutputs({ identityPoolId: this.identityPoolId });
  }
}
