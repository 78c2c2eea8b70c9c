import { join } from "node:path";
import { Type } from "typebox";
import { AwsError } from "../gateway/protocols.ts";
import { serviceAccess } from "../lambda/service-access.ts";
import type { InvokeFunction } from "../program/provider.ts";
import { type RecordedResource, resourcesOf } from "../program/recording.ts";
import type { ServiceContext } from "../service.ts";
import { SqliteDatabase } from "../sqlite-database.ts";
import type { Secret } from "./declared-secrets.ts";

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;
const schema =
  "CREATE TABLE rotations (secret_arn TEXT PRIMARY KEY, rotated_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";
const Row = Type.Object({ rotated_at: Type.Number() });
const service = "secretsmanager.amazonaws.com";

export interface RotationsOptions extends ServiceContext {
  /** Runs a declared function. */
  readonly invoke: InvokeFunction;
}

/** Rotations as the program declares them: the function's four steps, one after the other. */
export class Rotations {
  readonly #options: RotationsOptions;
  readonly #database: SqliteDatabase;
  readonly #read: (arn: string) => { rotated_at: number }[];
  readonly #write: (arn: string, at: number) => unknown;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: RotationsOptions) {
    this.#options = options;
    this.#database = new SqliteDatabase({ file: join(options.dataDir, "rotations.sqlite"), schema, version: 1 });
    this.#read = this.#database.query("SELECT rotated_at FROM rotations WHERE secret_arn = ?", Row);
    this.#write = this.#database.command("INSERT OR REPLACE INTO rotations VALUES (?, ?)");
  }

  /** What DescribeSecret says of a secret's rotation. */
  describe({ arn }: Secret): object {
    const declared = this.#declared(arn);
    if (!declared) return { RotationEnabled: false };
    const [row] = this.#read(arn);
    return {
      RotationEnabled: true,
      RotationLambdaARN: declared.inputs.rotationLambdaArn,
      RotationRules: { AutomaticallyAfterDays: daysOf(declared) },
      ...(row && { LastRotatedDate: row.rotated_at / 1000 }),
    };
  }

  /** Begins the steps, which go on by themselves as they do in AWS; throws where the program declares no rotation. */
  begin({ arn }: Secret, token: string): void {
    const declared = this.#declared(arn);
    if (!declared) {
      throw new AwsError(
        "InvalidRequestException",
        400,
        "No Lambda rotation function ARN is associated with this secret.",
      );
    }
    if (this.#underWay.has(arn)) {
      throw new AwsError("InvalidRequestException", 400, "A previous rotation isn't complete.");
    }
    const rotate = this.#functionOf(declared, arn);
    const work = this.#run(rotate, arn, token)
      .catch((error: unknown) => this.#options.log(`secrets: the rotation of ${arn} failed: ${messageOf(error)}`))
      .finally(() => this.#underWay.delete(arn));
    this.#underWay.set(arn, work);
  }

  async close(): Promise<void> {
    await Promise.all(this.#underWay.values());
    this.#database.close();
  }

  async #run(rotate: RecordedResource, arn: string, token: string): Promise<void> {
    for (const Step of steps) {
      await this.#options.invoke(rotate, JSON.stringify({ SecretId: arn, ClientRequestToken: token, Step }));
    }
    this.#write(arn, this.#options.now().getTime());
  }

  #declared(arn: string): RecordedResource | undefined {
    return resourcesOf(this.#options.recording, "aws:secretsmanager/secretRotation:SecretRotation").find(
      ({ inputs }) => inputs.secretId === arn,
    );
  }

  #functionOf(declared: RecordedResource, arn: string): RecordedResource {
    const { rotationLambdaArn: functionArn } = declared.inputs;
    const found = resourcesOf(this.#options.recording, "aws:lambda/function:Function").find(
      ({ outputs }) => outputs.arn === functionArn,
    );
    if (found && serviceAccess(this.#options, { service, functionArn: String(functionArn) })(arn).allowed) return found;
    throw new AwsError("AccessDeniedException", 400, "Secrets Manager cannot invoke the specified Lambda function.");
  }
}

function daysOf({ inputs }: RecordedResource): unknown {
  const { rotationRules } = inputs;
  return rotationRules instanceof Object ? Reflect.get(rotationRules, "automaticallyAfterDays") : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
