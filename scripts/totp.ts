// Shows the code that an authenticator app would, for whoever has none at hand.
import { isTotpSecret, totpCode, totpStep } from "../local/identity/totp.ts";

const usage = `npm run -s totp -- SECRET

  SECRET  of a demo user, as npm start prints it where the stack asks for one-time codes: 32 capital letters and digits`;

const [secret = "", ...more] = process.argv.slice(2);
if (isTotpSecret(secret) && more.length === 0) {
  console.log(totpCode(secret, totpStep(new Date())));
} else {
  console.error(usage);
  process.exitCode = 2;
}
