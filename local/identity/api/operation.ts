import { createHmac } from "node:crypto";
import { type Static, type TSchema, Type } from "typebox";
import { missingSignature } from "../../gateway/error-reply.ts";
import type { JsonOperation } from "../../gateway/protocols.ts";
import { parse } from "../../parse.ts";
import { requireAccess } from "../../require-access.ts";
import { sameSecret } from "../../sigv4/signing-key.ts";
import { CognitoError } from "../errors.ts";
import type { Identity } from "../identity.ts";
import { type AppClient, findClient, findPool, poolArn, type UserPool } from "../pools.ts";

export type OperationOf = (identity: Identity) => JsonOperation;

/** An operation that carries its own proof, a password or a token, and so needs no signature. */
export function appOperation<S extends TSchema>(
  schema: S,
  run: (identity: Identity, input: Static<S>) => Promise<object> | object,
): OperationOf {
  return (identity) => async (input) => run(identity, parse(schema, input, invalidParameter));
}

const PoolInput = Type.Object({ UserPoolId: Type.String({ pattern: "^[\\w-]+_[0-9a-zA-Z]+$", maxLength: 55 }) });

/** An operation of administrators: signed, and allowed on the pool by the caller's policies. */
export function adminOperation<S extends TSchema>(
  name: string,
  schema: S,
  run: (identity: Identity, pool: UserPool, input: Static<S>) => Promise<object> | object,
): OperationOf {
  return (identity) =>
    async (raw, { principal }) => {
      if (principal.kind === "anonymous") throw missingSignature("json");
      const { UserPoolId } = parse(PoolInput, raw, invalidParameter);
      // Before anything else is said about the pool, even whether it is there.
      const resource = poolArn(identity.recording, UserPoolId);
      requireAccess(identity.authorize, { principal, action: `cognito-idp:${name}`, resource, context: {} });
      const pool = findPool(identity.recording, UserPoolId);
      if (!pool) throw new CognitoError("ResourceNotFoundException", `User pool ${UserPoolId} does not exist.`);
      return run(identity, pool, parse(schema, raw, invalidParameter));
    };
}

export function clientAndPool(identity: Identity, clientId: string): { client: AppClient; pool: UserPool } {
  const client = findClient(identity.recording, clientId);
  const pool = client && findPool(identity.recording, client.declared.userPoolId);
  if (!pool) throw new CognitoError("ResourceNotFoundException", `User pool client ${clientId} does not exist.`);
  return { client, pool };
}

/** A confidential client proves with each call that it knows its secret. */
export function checkSecretHash(client: AppClient, username: string, secretHash: string | undefined): void {
  if (client.secret === undefined) return;
  if (secretHash === undefined) {
    throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
  }
  const expected = createHmac("sha256", client.secret).update(username).update(client.id).digest("base64");
  if (!sameSecret(expected, secretHash)) {
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
  }
}

export function invalidParameter(fault: string): CognitoError {
  return new CognitoError("InvalidParameterException", `1 validation error detected: ${fault}`);
}

export function invalidSession(): CognitoError {
  return notAuthorized("Invalid session for the user.");
}

export function notAuthorized(message: string): CognitoError {
  return new CognitoError("NotAuthorizedException", message);
}
