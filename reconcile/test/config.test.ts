import { expect } from "chai";
import { parseConfig } from "../config.ts";

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/000000000000/uploads";
const environment = {
  LATCHKEY_BUCKET: "photos",
  LATCHKEY_TABLE: "photo-table",
  LATCHKEY_QUEUE_URL: queueUrl,
  LATCHKEY_MULTIPART_DAYS: "7",
};

describe("the reconciler's configuration", () => {
  it("is read from the environment", () => {
    expect(parseConfig({ ...environment, LATCHKEY_GRACE_SECONDS: "900" })).to.deep.equal({
      bucket: "photos",
      table: "photo-table",
      queueUrl,
      multipartDays: 7,
      graceSeconds: 900,
    });
  });

  it("leaves alone what happened within an hour, unless told otherwise", () => {
    expect(parseConfig(environment).graceSeconds).to.equal(3600);
  });

  it("is refused with every problem at once", () => {
    expect(() => parseConfig({ LATCHKEY_GRACE_SECONDS: "never" }))
      .to.throw("LATCHKEY_BUCKET is not set")
      .with.property("message")
      .that.includes("LATCHKEY_TABLE is not set")
      .and.includes("LATCHKEY_QUEUE_URL is not set")
      .and.includes("LATCHKEY_MULTIPART_DAYS is not set")
      .and.includes('LATCHKEY_GRACE_SECONDS is "never", not whole seconds');
  });

  for (const days of ["0", "-1", "1.5", "1000", "week"]) {
    it(`does not take "${days}" for days`, () => {
      expect(() => parseConfig({ ...environment, LATCHKEY_MULTIPART_DAYS: days })).to.throw("LATCHKEY_MULTIPART_DAYS");
    });
  }

  for (const seconds of ["", "0", "59", "-60", "60.5", "1e3", " 60"]) {
    it(`does not take "${seconds}" for a grace`, () => {
      expect(() => parseConfig({ ...environment, LATCHKEY_GRACE_SECONDS: seconds })).to.throw("LATCHKEY_GRACE_SECONDS");
    });
  }
});
