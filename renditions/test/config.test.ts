import { expect } from "chai";
import { parseConfig } from "../config.ts";

const environment = {
  LATCHKEY_BUCKET: "photos",
  LATCHKEY_TABLE: "photo-table",
  LATCHKEY_QUEUE_URLS: "https://sqs.example/1/uploads,https://sqs.example/1/removals",
  LATCHKEY_TOPIC_ARN: "arn:aws:sns:eu-central-1:000000000000:photos",
  LATCHKEY_DISTRIBUTION_ID: "E1EXAMPLE",
  LATCHKEY_SCANNED: "true",
  LATCHKEY_MAX_PIXELS: "100000000",
  LATCHKEY_RENDITION_FORMATS: "jpg,avif",
};

describe("the worker's configuration", () => {
  it("is read from the environment", () => {
    expect(parseConfig(environment)).to.deep.equal({
      bucket: "photos",
      table: "photo-table",
      queueUrls: ["https://sqs.example/1/uploads", "https://sqs.example/1/removals"],
      topicArn: environment.LATCHKEY_TOPIC_ARN,
      distributionId: "E1EXAMPLE",
      scanned: true,
      maxPixels: 100_000_000,
      formats: ["avif", "jpg"],
    });
  });

  it("is refused with every problem at once", () => {
    expect(() =>
      parseConfig({ ...environment, LATCHKEY_BUCKET: "", LATCHKEY_SCANNED: "perhaps", LATCHKEY_MAX_PIXELS: "many" }),
    )
      .to.throw("LATCHKEY_BUCKET is not set")
      .with.property("message")
      .that.includes('LATCHKEY_SCANNED is "perhaps", neither true nor false')
      .and.includes('LATCHKEY_MAX_PIXELS is "many", not a positive integer');
  });

  it("takes an empty list of formats, and no format that it does not know", () => {
    expect(parseConfig({ ...environment, LATCHKEY_RENDITION_FORMATS: "" }).formats).to.deep.equal([]);
    expect(() => parseConfig({ ...environment, LATCHKEY_RENDITION_FORMATS: "avif,gif" })).to.throw(
      'LATCHKEY_RENDITION_FORMATS is "avif,gif", not a list of avif, jpg',
    );
    expect(() => parseConfig({ ...environment, LATCHKEY_RENDITION_FORMATS: undefined })).to.throw("is not set");
  });

  for (const pixels of ["0", "-1", "1.5", "1e6", "01", " 1"]) {
    it(`does not take "${pixels}" for a number of pixels`, () => {
      expect(() => parseConfig({ ...environment, LATCHKEY_MAX_PIXELS: pixels })).to.throw("not a positive integer");
    });
  }
});
