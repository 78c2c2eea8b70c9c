import { expect } from "chai";
import { parseConfig } from "../config.ts";

const environment = {
  LATCHKEY_BUCKET: "photos",
  LATCHKEY_TABLE: "photo-table",
  LATCHKEY_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/000000000000/uploads",
  LATCHKEY_TOPIC_ARN: "arn:aws:sns:eu-central-1:000000000000:photos",
  LATCHKEY_DISTRIBUTION_ID: "E1EXAMPLE",
  LATCHKEY_MAX_PIXELS: "100000000",
};

describe("the worker's configuration", () => {
  it("is read from the environment", () => {
    expect(parseConfig(environment)).to.deep.equal({
      bucket: "photos",
      table: "photo-table",
      queueUrl: environment.LATCHKEY_QUEUE_URL,
      topicArn: environment.LATCHKEY_TOPIC_ARN,
      distributionId: "E1EXAMPLE",
      maxPixels: 100_000_000,
    });
  });

  it("is refused with every problem at once", () => {
    expect(() => parseConfig({ ...environment, LATCHKEY_BUCKET: "", LATCHKEY_MAX_PIXELS: "many" }))
      .to.throw("LATCHKEY_BUCKET is not set")
      .with.property("message")
      .that.includes('LATCHKEY_MAX_PIXELS is "many", not a positive integer');
  });

  for (const pixels of ["0", "-1", "1.5", "1e6", "01", " 1"]) {
    it(`does not take "${pixels}" for a number of pixels`, () => {
      expect(() => parseConfig({ ...environment, LATCHKEY_MAX_PIXELS: pixels })).to.throw("not a positive integer");
    });
  }
});
