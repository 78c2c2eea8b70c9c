import { expect } from "chai";
import fc from "fast-check";
import { compilePattern, matchesArn, matchesText } from "../iam/match.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "b", "/", ":", "."), maxLength: 12 });
const patterns = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "?"), maxLength: 8 });

describe("a wildcard pattern", () => {
  it("covers what the same regular expression covers", () =>
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const source = pattern.replace(/[.]/g, "\\.").replaceAll("*", ".*").replaceAll("?", ".");
        expect(matchesText(pattern, text)).to.equal(new RegExp(`^${source}$`, "s").test(text));
      }),
      { numRuns: 2000 },
    ));

  it("takes a character of several code units for one", () => {
    expect(matchesText("uploads/?", "uploads/🌅")).to.equal(true);
  });

  it("comes to an end with many stars that lead nowhere", () => {
    expect(matchesText(`${"a*".repeat(200)}b`, "a".repeat(5000))).to.equal(false);
  });
});

describe("an ARN pattern", () => {
  const bucket = "arn:aws:s3:::photos";
  const queue = "arn:aws:sqs:eu-central-1:000000000000:uploads";
  const cases: [pattern: string, arn: string, covered: boolean][] = [
    [bucket, bucket, true],
    ["arn:aws:s3:::photo?", bucket, true],
    ["arn:aws:s3:::*", bucket, true],
    ["arn:aws:sqs:*:000000000000:*", queue, true],
    ["arn:aws:sqs:*:111111111111:*", queue, false],
    ["arn:aws:sqs:*", queue, false],
    ["arn:*:uploads", queue, false],
    ["*", queue, false],
    ["arn:aws:logs:*:*:log-group:*", "arn:aws:logs:us-east-1:000000000000:log-group:api:*", true],
    [bucket, "photos", false],
  ];
  for (const [pattern, arn, covered] of cases) {
    it(`${pattern} ${covered ? "covers" : "does not cover"} ${arn}`, () => {
      expect(matchesArn(compilePattern(pattern), arn)).to.equal(covered);
    });
  }
});
