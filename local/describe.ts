import type { Cloud } from "./cloud.ts";
import { asShell } from "./shell.ts";
import { walkthrough } from "./walkthrough.ts";

/** What `npm start` prints once everything answers: addresses, who can sign in, what to try next, and how it ends. */
export function describeCloud(cloud: Cloud, { seconds, dataDir }: { seconds: number; dataDir: string }): string {
  const { api, media, s3, identity, aws, users, recording, notEvaluated } = cloud;
  const steps = walkthrough(cloud);
  return [
    "",
    `Latchkey is ready (${seconds.toFixed(1)} s): stack ${recording.stack}, ${recording.resources.length} resources, from its own Pulumi program.`,
    "",
    table([
      ["signing API", api, `docs at ${api}/docs`],
      ["media (CloudFront)", media, "signed URLs only"],
      ["uploads (S3)", s3, "presigned URLs, or any S3 client"],
      ["identity (Cognito)", identity, "OIDC issuer and Cognito endpoint"],
      ["other AWS APIs", aws, "DynamoDB, SQS, SNS, STS, Secrets Manager, CloudFront, Lambda"],
    ]),
    "",
    "Demo users:",
    table(users.map(({ username, password, totpSecret = "" }) => [username, password, totpSecret])),
    ...(users.some(({ totpSecret }) => totpSecret)
      ? [
          "The last is for an authenticator app, whose codes this stack asks for; `npm run -s totp -- SECRET` shows them too.",
        ]
      : []),
    "",
    ...(steps.length > 0
      ? ["Try it: paste this into a second terminal, in this folder.", "", asShell(steps)]
      : ["This stack's client signs in by SRP alone: by an SDK of Cognito, with its endpoint at the address above."]),
    "",
    ...(notEvaluated.length > 0 ? [`Not evaluated here, only in AWS: ${notEvaluated.join(", ")}.`] : []),
    `Everything is kept under ${dataDir}. Addresses and keys for tools: ${dataDir}/local.json. Stop with Ctrl-C.`,
  ].join("\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((known, row) => row.map((cell, i) => Math.max(known[i] ?? 0, cell.length)), []);
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}
