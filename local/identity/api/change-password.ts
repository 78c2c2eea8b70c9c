import { Type } from "typebox";
import { checkPassword } from "../passwords.ts";
import { apiScope } from "../tokens.ts";
import { appOperation, clientAndPool } from "./operation.ts";
import { Secret } from "./parameters.ts";

const Input = Type.Object({ AccessToken: Secret, PreviousPassword: Secret, ProposedPassword: Secret });

export const changePassword = appOperation(Input, async (identity, input) => {
  const { user, client } = await identity.tokens.verifyAccess(input.AccessToken, apiScope);
  const { pool } = clientAndPool(identity, client.id);
  // A stolen token must not be enough to take the account, nor to guess its password unhindered.
  await identity.authenticator.byPassword(pool, client, user.username, input.PreviousPassword);
  checkPassword(pool.passwordPolicy, input.ProposedPassword);
  await identity.directory.setPassword(pool, user, input.ProposedPassword);
  return {};
});
