// Shows the code that an authenticator app would, for whoever has none at hand.
import { parseArgs } from "node:util";
import { isTotpSecret, totpCode, totpStep } from "../local/identity/totp.ts";
import { runCommand, UsageError } from "./command.ts";

const usage = `npm run -s totp -- SECRET

  SECRET  of a demo user, as npm start prints it where the stack asks for one-time codes`;

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true, strict: false });
  const [secret = ""] = positionals;
  if (positionals.length !== 1 || !isTotpSecret(secret)) {
    throw new UsageError(`Give a secret of 32 capital letters and digits.\n\n${usage}`);
  }
  console.log(totpCode(secret, totpStep(new Date())));
}

runCommand(main);
