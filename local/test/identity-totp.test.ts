import { expect } from "chai";
import { TOTP } from "otpauth";
import { createTotpSecret, isTotpSecret, totpCode, totpStep } from "../identity/totp.ts";

/** RFC 6238, appendix B, of whose eight digits the last six are shown. */
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const vectors: [seconds: number, code: string][] = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
];

describe("one-time codes by the clock", () => {
  for (const [seconds, code] of vectors) {
    it(`are the RFC's at ${seconds} seconds`, () => {
      expect(totpCode(rfcSecret, totpStep(new Date(seconds * 1000)))).to.equal(code);
    });
  }

  it("are a stock app's for any secret", () => {
    for (let count = 0; count < 100; count += 1) {
      const secret = createTotpSecret();
      expect(isTotpSecret(secret), secret).to.equal(true);
      expect(totpCode(secret, 1000), secret).to.equal(new TOTP({ secret }).generate({ timestamp: 30_000_000 }));
    }
  });

  it("take no secret of another length or alphabet for one", () => {
    for (const text of [
      "",
      rfcSecret.slice(1),
      `${rfcSecret}A`,
      rfcSecret.toLowerCase(),
      rfcSecret.replace("G", "1"),
    ]) {
      expect(isTotpSecret(text), text).to.equal(false);
    }
  });
});
