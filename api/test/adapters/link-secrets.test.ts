import { scryptSync } from "node:crypto";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { linkTokens } from "../../adapters/link-secrets.ts";
import { createScryptHasher } from "../../adapters/scrypt-hasher.ts";
import { TooManyRequestsError } from "../../domain/errors.ts";

describe("The tokens of share links", () => {
  it("name their link and prove themselves by their hash", () => {
    const id = uuidv7();
    const { token, hash } = linkTokens.issue(id);
    expect(token).to.match(/^[A-Za-z0-9_-]{43}$/);
    const parsed = linkTokens.parse(token);
    expect(parsed?.id).to.equal(id);
    expect(parsed && linkTokens.matches(parsed.hash, hash)).to.equal(true);
  });

  it("differ each time, so that the one proves nothing of the other", () => {
    const id = uuidv7();
    const [one, other] = [linkTokens.issue(id), linkTokens.issue(id)];
    expect(one.token).not.to.equal(other.token);
    expect(linkTokens.matches(one.hash, other.hash)).to.equal(false);
    expect(linkTokens.matches(one.hash, one.hash.subarray(1))).to.equal(false);
  });

  const { token } = linkTokens.issue(uuidv7());
  for (const [what, text] of [
    ["nothing", ""],
    ["padding", `${token}=`],
    ["stray characters", `${token.slice(0, 20)} ${token.slice(20)}`],
    ["one character less", token.slice(1)],
    ["stray bits at the end", `${token.slice(0, -1)}B`],
    ["base64's other alphabet", "+".repeat(43)],
  ] as const) {
    it(`have one spelling, without ${what}`, () => expect(linkTokens.parse(text)).to.equal(undefined));
  }
});

describe("Passwords of share links", () => {
  const hasher = createScryptHasher();

  it("are kept with OWASP's figures for scrypt and a salt of their own", async () => {
    const hashes = [await hasher.hash("swordfish"), await hasher.hash("swordfish")];
    for (const hash of hashes) {
      expect(hash).to.match(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
      expect(await hasher.matches("swordfish", hash)).to.equal(true);
    }
    expect(hashes[0]).not.to.equal(hashes[1]);
    expect(await hasher.matches("Swordfish", hashes[0] ?? "")).to.equal(false);
  });

  it("are told by what they say, not by how it is composed", async () => {
    expect(await hasher.matches("\ufb01sh Cafe\u0301", await hasher.hash("fish Caf\u00e9"))).to.equal(true);
  });

  it("still open by the figures that they were kept with", async () => {
    // RFC 7914's function with N=2^14, r=8, p=1, as any implementation of scrypt has it.
    const older = "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$KEY";
    const key = scryptSync("swordfish", Buffer.alloc(16), 32, { N: 2 ** 14, r: 8, p: 1 });
    expect(await hasher.matches("swordfish", older.replace("KEY", key.toString("base64").replace("=", "")))).to.equal(
      true,
    );
  });

  for (const damaged of ["", "swordfish", "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"]) {
    it(`are refused when what is kept of them is ${JSON.stringify(damaged)}`, async () => {
      const failed = await hasher.matches("swordfish", damaged).catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(TypeError);
    });
  }

  it("are checked a few at a time, and whoever comes after many others is sent away", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => hasher.hash("swordfish").catch((error: unknown) => error)),
    );
    const refused = outcomes.filter((each) => each instanceof TooManyRequestsError);
    expect(refused).to.have.length(2);
    expect(await hasher.hash("swordfish")).to.be.a("string");
  });
});
