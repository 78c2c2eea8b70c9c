import { type Answer, type Answers, characters, type Declared, describe, hexadecimal, text } from "./answers/answer.ts";
import { edgeAnswers } from "./answers/edge.ts";
import { gatewayAnswers } from "./answers/gateway.ts";
import { identityAnswers } from "./answers/identity.ts";
import { storageAnswers } from "./answers/storage.ts";
import { workAnswers } from "./answers/work.ts";
import { type RecordedResource, type Recording, resourcesOf } from "./recording.ts";

const answers: Answers = {
  ...storageAnswers,
  ...edgeAnswers,
  ...gatewayAnswers,
  ...identityAnswers,
  ...workAnswers,
};

/** Runs a declared function with a JSON payload and resolves to its JSON answer; rejects when the function throws. */
export type InvokeFunction = (declaredFunction: RecordedResource, payload: string) => Promise<string>;

/** What the monitor asks of a provider. */
export type Provider = Pick<LocalProvider, "create" | "call">;

/** Answers the program as the AWS provider would: with ids, ARNs and domain names that stay the same from run to run. */
export class LocalProvider {
  readonly #recording: Recording;
  readonly #invoke: InvokeFunction;

  constructor(recording: Recording, invoke: InvokeFunction) {
    this.#recording = recording;
    this.#invoke = invoke;
  }

  async create(declared: Declared): Promise<Answer> {
    if (declared.type === "aws:lambda/invocation:Invocation") return this.#runFunction(declared);
    const answer = answers[declared.type];
    if (!answer) throw new Error(`${describe(declared)} is of a type that the local provider does not know`);
    return answer(declared, this.#recording);
  }

  /** Answers a data source. */
  call(token: string): Record<string, unknown> {
    const { accountId, region } = this.#recording;
    switch (token) {
      case "aws:index/getCallerIdentity:getCallerIdentity":
        return { id: accountId, accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };
      case "aws:index/getPartition:getPartition":
        return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
      case "aws:index/getRegion:getRegion":
        return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
      case "aws:route53/getZone:getZone":
        return { id: "Z00000000000000000000", zoneId: "Z00000000000000000000", privateZone: false };
      default:
        throw new Error(`${token} is a data source that the local provider does not know`);
    }
  }

  async #runFunction(declared: Declared): Promise<Answer> {
    const functionName = text(declared, "functionName");
    const input = text(declared, "input");
    const found = resourcesOf(this.#recording, "aws:lambda/function:Function").find(({ id }) => id === functionName);
    if (!found) throw new Error(`${describe(declared)}: there is no function ${functionName}`);
    const id = `${functionName}_$LATEST_${characters(declared, 32, hexadecimal, input)}`;
    return { id, outputs: { result: await this.#invoke(found, input) } };
  }
}
