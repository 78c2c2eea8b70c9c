import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "../../gateway/gateway.ts";
import { type Account, createAccount } from "../../iam/account.ts";
import type { Credentials, PolicyStatement } from "../../iam/types.ts";
import type { RecordedResource, Recording } from "../../program/recording.ts";
import type { AwsApi, RunningService, ServiceContext } from "../../service.ts";
import { recorded } from "./recorded.ts";

/** How a stock SDK client is told to use the local cloud. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly credentials: Pick<Credentials, "accessKeyId" | "secretAccessKey" | "sessionToken">;
}

/** An account with nothing but the resources of one recording, for tests of the services behind the gateway. */
export interface TestAccount {
  readonly account: Account;
  readonly context: ServiceContext;
  /** What the services logged. */
  readonly logged: readonly string[];
  /** Settings of a client that signs as a recorded role, or as the administrator. */
  client(roleArn?: string): ClientConfig;
  /** Ends the services and starts them again on the same data, as `npm start` does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** `start` gives the APIs to put behind the gateway; each is closed with it. */
export async function startTestAccount(
  recording: Recording,
  start: (context: ServiceContext, account: Account) => Promise<AwsApi[]>,
  now: () => Date = () => new Date(),
): Promise<TestAccount> {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
  const account = createAccount({ recording, dataDir, now });
  const logged: string[] = [];
  const { credentials, authorize } = account;
  const context: ServiceContext = {
    recording,
    dataDir,
    credentials,
    authorize,
    now,
    log: (line) => logged.push(line),
  };
  const open = async (): Promise<RunningService> =>
    startGateway(context, { apis: await start(context, account), host: "127.0.0.1", port: 0 });
  let gateway = await open();
  return {
    account,
    context,
    logged,
    client(roleArn) {
      const { accessKeyId, secretAccessKey, sessionToken } =
        roleArn === undefined ? account.admin : account.sessionFor(roleArn);
      return {
        region: recording.region,
        endpoint: gateway.url,
        maxAttempts: 1,
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      };
    },
    async restart() {
      await gateway.close();
      gateway = await open();
    },
    async close() {
      await gateway.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

export function roleArn(name: string): string {
  return `arn:aws:iam::000000000000:role/${name}`;
}

/** A role that may do what `statements` say, and that `service` may take on. */
export function recordedRole(
  name: string,
  statements: readonly PolicyStatement[],
  service = "lambda.amazonaws.com",
): RecordedResource[] {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } };
  const policy = { Version: "2012-10-17", Statement: statements };
  return [
    recorded(
      "aws:iam/role:Role",
      name,
      { name, assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }) },
      { id: name, arn: roleArn(name) },
    ),
    ...(statements.length === 0
      ? []
      : [recorded("aws:iam/rolePolicy:RolePolicy", `${name}-policy`, { role: name, policy: JSON.stringify(policy) })]),
  ];
}
