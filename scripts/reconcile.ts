// Runs the reconciler now and shows what it did: the deployed function of a stack, or that of the local cloud.
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from "@aws-sdk/client-lambda";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { findLocalCloud, runCommand } from "./command.ts";

const usage = `npm run reconcile -- [--dry-run] [--function NAME] [--data DIR]

  --dry-run        look and report, and change nothing
  --function NAME  the function of a deployed stack (npx pulumi stack output reconcilerFunctionName), by the credentials
                   and the region of the AWS environment; without it, that of the running local cloud
  --data DIR       the data folder of the local cloud (default .latchkey)`;

const Local = Type.Object({ reconciler: Type.String() });

const JobReport = Type.Object({
  complete: Type.Boolean(),
  found: Type.Integer(),
  done: Type.Record(Type.String(), Type.Integer()),
  left: Type.Integer(),
  failed: Type.Object({ count: Type.Integer(), ids: Type.Array(Type.String()) }),
});
const Report = Type.Object({
  dryRun: Type.Boolean(),
  startedAt: Type.String(),
  finishedAt: Type.String(),
  jobs: Type.Record(Type.String(), JobReport),
});

interface Target {
  readonly functionName: string;
  readonly client: LambdaClientConfig;
}

/** Longer than the function may take. */
const patience = { requestHandler: { requestTimeout: 310_000 }, maxAttempts: 1 };

async function targetOf(functionName: string | undefined, dataDir: string): Promise<Target> {
  if (functionName !== undefined) return { functionName, client: patience };
  const { reconciler, client } = await findLocalCloud(Local, { dataDir, otherwise: "name a function with --function" });
  return { functionName: reconciler, client: { ...patience, ...client } };
}

const options = { "dry-run": { type: "boolean", default: false }, function: { type: "string" } } as const;

runCommand({ usage, options }, async ({ "dry-run": dryRun, function: asked, data }) => {
  const { functionName, client } = await targetOf(asked, data);

  console.log(`Running ${functionName}${dryRun ? ", which changes nothing this time" : ""} …`);
  const answer = await new LambdaClient(client).send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ dryRun }) }),
  );
  const payload = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError) throw new Error(`The function failed: ${payload}`);
  const report = Value.Parse(Report, JSON.parse(payload));

  console.table(
    Object.fromEntries(
      Object.entries(report.jobs).map(([name, { found, done, left, failed }]) => [
        name,
        { found, done: describe(done), left, failed: failed.count },
      ]),
    ),
  );
  const jobs = Object.values(report.jobs);
  const failed = jobs.flatMap((job) => job.failed.ids);
  if (jobs.some((job) => job.failed.count > 0)) {
    console.error(
      `Failed: ${failed.join(", ") || "a whole job"}. Why is in the function's log; the next run tries again.`,
    );
    process.exitCode = 1;
  } else if (dryRun) {
    console.log("Nothing was changed. Run it without --dry-run to have it done.");
  } else if (jobs.some((job) => !job.complete || job.left > 0)) {
    console.log("Time was up, or something is not ready yet: the next run goes on. Run it again to have it at once.");
  } else {
    console.log("All is in order.");
  }
});

function describe(done: Readonly<Record<string, number>>): string {
  const parts = Object.entries(done).filter(([, count]) => count > 0);
  return parts.map(([what, count]) => `${count} ${what}`).join(", ") || "nothing";
}
