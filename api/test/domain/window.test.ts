import { expect } from "chai";
import fc from "fast-check";
import { notPast, windowExpiry } from "../../domain/window.ts";

const dates = fc.date({ min: new Date("2020-01-01"), max: new Date("2037-01-01"), noInvalidDate: true });
const windows = fc.integer({ min: 60, max: 86_400 });

describe("A window of signed URLs", () => {
  it("lets a URL live for more than one window and two at most", () => {
    fc.assert(
      fc.property(dates, windows, (now, seconds) => {
        const life = windowExpiry(now, seconds).getTime() - now.getTime();
        expect(life)
          .to.be.greaterThan(seconds * 1000)
          .and.at.most(2 * seconds * 1000);
      }),
    );
  });

  it("has one expiry for all of its moments, and the next window another one", () => {
    const at = (time: string) => windowExpiry(new Date(`2026-06-01T${time}Z`), 900).toISOString();
    expect(at("12:00:00.000")).to.equal("2026-06-01T12:30:00.000Z");
    expect(at("12:14:59.999")).to.equal("2026-06-01T12:30:00.000Z");
    expect(at("12:15:00.000")).to.equal("2026-06-01T12:45:00.000Z");
  });

  it("never outlives the right that a URL rests on", () => {
    fc.assert(
      fc.property(dates, dates, (expiry, until) => {
        expect(notPast(expiry, until)).to.deep.equal(new Date(Math.min(expiry.getTime(), until.getTime())));
      }),
    );
    const expiry = new Date("2026-06-01T12:30:00Z");
    expect(notPast(expiry, undefined)).to.equal(expiry);
  });
});
