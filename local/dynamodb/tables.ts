import type { PolicyDocument } from "../iam/types.ts";
import type { Encrypted } from "../kms/key-use.ts";
import type { RecordedResource, Recording } from "../program/recording.ts";
import { attachedPolicy } from "../resource-policy.ts";
import type { TableDescription } from "./dynalite-types.ts";
import type { Engine } from "./engine.ts";
import { DynamoDbError } from "./errors.ts";
import { type RecordedTable, recordedTable } from "./table-definition.ts";

/** The tables of a recording that may still grow. */
export class Tables {
  readonly #recording: Recording;
  readonly #tables = new Map<string, RecordedTable>();
  #read = 0;
  #updated: Promise<void> = Promise.resolve();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Makes what the program has declared since the last time; rejects when a table does not fit what is stored. */
  update(engine: Engine): Promise<void> {
    const turn = this.#updated.then(() => this.#readOn(engine));
    this.#updated = turn.catch(() => {});
    return turn;
  }

  async #readOn(engine: Engine): Promise<void> {
    for (; this.#read < this.#recording.resources.length; this.#read++) {
      const resource = this.#recording.resources[this.#read];
      if (resource?.type !== "aws:dynamodb/table:Table") continue;
      const name = nameOf(resource);
      const table = recordedTable(resource, name, this.arnOf(name));
      await engine.define(table.description);
      this.#tables.set(name, table);
    }
  }

  all(): readonly RecordedTable[] {
    return [...this.#tables.values()];
  }

  /** Throws ResourceNotFoundException for a table that the program does not declare. */
  find(name: string): RecordedTable {
    const table = this.#tables.get(name);
    if (table) return table;
    throw new DynamoDbError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
  }

  arnOf(name: string): string {
    const { region, accountId } = this.#recording;
    return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  }

  keysOf(name: string): TableDescription | undefined {
    return this.#tables.get(name)?.description;
  }

  /** What the items of a table or an index lie under. */
  encryptionOf(arn: string): Encrypted {
    const name = arn.split("/")[1] ?? "";
    const encryptionContext = {
      "aws:dynamodb:tableName": name,
      "aws:dynamodb:subscriberId": this.#recording.accountId,
    };
    return { kmsKey: this.#tables.get(name)?.kmsKey, encryptionContext };
  }

  /** The policy on a table itself, which holds for its indexes too. */
  policyOf(arn: string): PolicyDocument | undefined {
    const [tableArn] = arn.split("/index/");
    const type = "aws:dynamodb/resourcePolicy:ResourcePolicy";
    return attachedPolicy(this.#recording, type, ({ resourceArn }) => resourceArn === tableArn);
  }
}

function nameOf({ id, outputs }: RecordedResource): string {
  return typeof outputs.name === "string" ? outputs.name : id;
}
