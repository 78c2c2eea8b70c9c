import { Type } from "typebox";
import { nextStep } from "../sign-in-steps.ts";
import { readAppSetup, setupProof } from "./app-setup.ts";
import { appOperation } from "./operation.ts";

export const associateSoftwareToken = appOperation(Type.Object(setupProof), async (identity, input) => {
  const { user, pool, client, session } = await readAppSetup(identity, input);
  const SecretCode = identity.softwareTokens.offer(user);
  if (session === undefined) return { SecretCode };
  // A session is good for one call: the next one goes on in its place.
  identity.challenges.redeem(session);
  return { SecretCode, Session: nextStep(identity, pool, client, user)?.session };
});
