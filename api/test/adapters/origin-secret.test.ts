import { expect } from "chai";
import { createOriginSecret } from "../../adapters/origin-secret.ts";
import { DependencyUnavailableError } from "../../domain/errors.ts";
import { type OneSecret, startOneSecret } from "./support/one-secret.ts";

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:origin-AbCdEf";
const value = (generation: number) => `${generation}`.repeat(40);
const secretOf = (...generations: number[]) => JSON.stringify({ values: generations.map(value) });

describe("The secret that the edge proves itself by", () => {
  let secret: OneSecret;
  let seconds: number;
  before(async () => {
    secret = await startOneSecret();
  });
  after(() => secret.close());
  beforeEach(() => {
    secret.reads = 0;
    seconds = 0;
  });

  const create = () => createOriginSecret({ client: secret.client, secretArn, now: () => new Date(seconds * 1000) });

  it("has a value for now and one of before, and is read once for both", async () => {
    secret.value = secretOf(2, 1);
    const knows = create();
    expect(await Promise.all([knows(value(2)), knows(value(1)), knows(value(2))])).to.deep.equal([true, true, true]);
    expect(secret.reads).to.equal(1);
  });

  for (const [what, given] of [
    ["another value", value(3)],
    ["a beginning of it", value(2).slice(0, -1)],
    ["more than it", `${value(2)}2`],
    ["nothing", ""],
    ["no header at all", undefined],
  ] as const) {
    it(`is not ${what}`, async () => {
      secret.value = secretOf(2, 1);
      const knows = create();
      await knows(value(2));
      expect(await knows(given)).to.equal(false);
    });
  }

  it("is read again for a value that it may have by now", async () => {
    secret.value = secretOf(1);
    const knows = create();
    expect(await knows(value(1))).to.equal(true);
    secret.value = secretOf(2, 1);
    seconds = 5;
    expect(await Promise.all([knows(value(2)), knows(value(2)), knows(value(1))])).to.deep.equal([true, true, true]);
    expect(secret.reads).to.equal(2);
  });

  it("is not read for everybody who guesses", async () => {
    secret.value = secretOf(1);
    const knows = create();
    for (seconds = 0; seconds < 10; seconds += 1) expect(await knows(value(9))).to.equal(false);
    expect(secret.reads).to.equal(2);
  });

  it("lets nobody in while it can't be read, and is read again for the next", async () => {
    secret.value = undefined;
    const knows = create();
    expect(await knows(value(1)).catch((error) => error)).to.be.instanceOf(DependencyUnavailableError);
    secret.value = secretOf(1);
    expect(await knows(value(1))).to.equal(true);
  });

  const unusable: [what: string, text: string][] = [
    ["that is no JSON", value(1)],
    ["without values", "{}"],
    ["with no value", secretOf()],
    ["with something that is no text", JSON.stringify({ values: [value(1), 7] })],
    ["with a value that can be guessed", JSON.stringify({ values: [value(1), "short"] })],
  ];
  for (const [what, text] of unusable) {
    it(`refuses a secret ${what}, and quotes none of it`, async () => {
      secret.value = text;
      const error: unknown = await create()(value(1)).catch((error) => error);
      expect(error).to.be.instanceOf(Error).with.property("message").that.includes(secretArn);
      expect(String(error)).not.to.match(/1111|short/);
    });
  }
});
