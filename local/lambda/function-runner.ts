import { randomUUID } from "node:crypto";
import { AwsError } from "../gateway/protocols.ts";
import { type FindRole, recordedRoles } from "../iam/recorded-roles.ts";
import type { Credentials } from "../iam/types.ts";
import type { ServiceContext } from "../service.ts";
import { layOutCode } from "./code-folder.ts";
import type { DeclaredFunction } from "./declared-function.ts";
import { runtimeVariables } from "./function-environment.ts";
import { FunctionPool, type WarmProcess } from "./function-pool.ts";
import { FunctionProcess, type Outcome } from "./function-process.ts";

/** Two, so that what breaks when two run at once breaks here; not more, for a laptop's sake. */
export const MAX_PROCESSES = 2;
const IDLE_MS = 30_000;
/** A function may run for 15 minutes; its credentials must outlast that. */
const CREDENTIAL_RESERVE_MS = 16 * 60_000;

export interface RunnerOptions extends ServiceContext {
  /** Credentials of a recorded role. */
  readonly sessionFor: (roleArn: string) => Credentials;
  /** The variables that tell SDKs where the local services are. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Puts local addresses in the place of AWS's in a declared setting. */
  readonly translate: (value: string) => string;
}

/** Runs declared functions, each with its own settings and role, and with nothing of our environment but PATH. */
export class FunctionRunner {
  readonly #options: RunnerOptions;
  readonly #findRole: FindRole;
  readonly #pools = new Map<string, Promise<FunctionPool>>();
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#findRole = recordedRoles(options.recording);
  }

  /** Waits its turn among the function's invocations; rejects with Lambda's error when the function may not run at all. */
  async invoke(declared: DeclaredFunction, payload: string): Promise<Outcome> {
    if (this.#closed) throw new Error("the local Lambda is stopping");
    this.#requireTrust(declared);
    if (declared.concurrency === 0) throw new AwsError("TooManyRequestsException", 429, "Rate Exceeded.");
    const pool = await this.#poolOf(declared);
    return pool.invoke({ requestId: randomUUID(), functionArn: declared.arn, event: payload });
  }

  /** Declared settings as a process is to see them: local addresses for AWS's, the endpoints, and the role's credentials. */
  environmentOf(roleArn: string, settings: Readonly<Record<string, string>>): Record<string, string> {
    return this.#environment(settings, this.#options.sessionFor(roleArn));
  }

  /** Ends every process; what they were at fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = await Promise.allSettled(this.#pools.values());
    await Promise.all(pools.map((pool) => pool.status === "fulfilled" && pool.value.close()));
  }

  #requireTrust({ arn, roleArn }: DeclaredFunction): void {
    const role = this.#findRole(roleArn);
    const { authorize, recording } = this.#options;
    const lambda = {
      kind: "service",
      service: "lambda.amazonaws.com",
      sourceArn: arn,
      accountId: recording.accountId,
    } as const;
    const decision = authorize({
      principal: lambda,
      action: "sts:AssumeRole",
      resource: roleArn,
      context: {},
      resourcePolicy: role?.trust,
      resourcePolicyMustAllow: true,
    });
    if (role && decision.allowed) return;
    throw new AwsError(
      "InvalidParameterValueException",
      400,
      `The role defined for the function cannot be assumed by Lambda: ${role ? decision.reason : `there is no role ${roleArn}`}`,
    );
  }

  #poolOf(declared: DeclaredFunction): Promise<FunctionPool> {
    const known = this.#pools.get(declared.arn);
    if (known) return known;
    const pool = this.#openPool(declared);
    this.#pools.set(declared.arn, pool);
    return pool;
  }

  async #openPool(declared: DeclaredFunction): Promise<FunctionPool> {
    const taskRoot = await layOutCode(declared.code);
    return new FunctionPool({
      limit: Math.min(declared.concurrency, MAX_PROCESSES),
      idleMs: IDLE_MS,
      timeoutSeconds: declared.timeoutSeconds,
      start: () => this.#start(declared, taskRoot),
    });
  }

  #start(declared: DeclaredFunction, taskRoot: string): WarmProcess {
    const { recording, log, now, sessionFor } = this.#options;
    const { PATH = "" } = process.env;
    const credentials = sessionFor(declared.roleArn);
    const started = new FunctionProcess({
      taskRoot,
      environment: {
        PATH,
        ...runtimeVariables(declared, recording.region, taskRoot),
        ...this.#environment(declared.environment, credentials),
      },
      memoryMegabytes: declared.memoryMegabytes,
      log: (line) => log(`${declared.name}: ${line}`),
    });
    const usableUntil = (credentials.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - CREDENTIAL_RESERVE_MS;
    return { process: started, usable: () => started.alive && now().getTime() < usableUntil };
  }

  #environment(settings: Readonly<Record<string, string>>, credentials: Credentials): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const translated = Object.entries(settings).map(([name, value]) => [name, this.#options.translate(value)]);
    return {
      ...Object.fromEntries(translated),
      ...this.#options.environment(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    };
  }
}
