import { Type } from "typebox";
import { openAfterSetup, proveApp } from "../sign-in-steps.ts";
import { readAppSetup, setupProof } from "./app-setup.ts";
import { appOperation, invalidSession } from "./operation.ts";

const Input = Type.Object({
  ...setupProof,
  UserCode: Type.String({ pattern: "^[0-9]{6}$" }),
  FriendlyDeviceName: Type.Optional(Type.String({ maxLength: 256 })),
});

export const verifySoftwareToken = appOperation(Input, async (identity, input) => {
  const { user, pool, client, session } = await readAppSetup(identity, input);
  const { UserCode: code, FriendlyDeviceName: deviceName } = input;
  if (session === undefined) {
    identity.softwareTokens.enroll(user, code, deviceName);
    return { Status: "SUCCESS" };
  }
  const proved = proveApp(identity, pool, client, session, { code, deviceName });
  if (!proved) throw invalidSession();
  return { Status: "SUCCESS", Session: openAfterSetup(identity, client, proved) };
});
