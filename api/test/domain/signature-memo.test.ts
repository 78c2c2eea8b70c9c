import { expect } from "chai";
import type { WindowSignature } from "../../domain/photo.ts";
import { createSignatureMemo } from "../../domain/signature-memo.ts";

const expiresAt = new Date("2026-06-01T12:30:00Z");
const signatureOf = (id: string): WindowSignature => ({
  keyId: "K1",
  resource: `https://media.example.com/originals/${id}`,
  expiresAt,
  query: `for-${id}`,
});

describe("The memo of signatures", () => {
  it("recalls what it remembers, within its limit, and forgets the oldest first", () => {
    const memo = createSignatureMemo(2);
    for (const id of ["a", "b", "c"]) memo.remember(id, signatureOf(id));
    const recalled = ["a", "b", "c"].map((id) => memo.recall(id, "K1", expiresAt)?.query);
    expect(recalled).to.deep.equal([undefined, "for-b", "for-c"]);
  });

  it("forgets everything when the window or the key changes", () => {
    const scopes: [string, Date][] = [
      ["K2", expiresAt],
      ["K1", new Date("2026-06-01T12:45:00Z")],
    ];
    for (const [keyId, until] of scopes) {
      const memo = createSignatureMemo(2);
      memo.remember("a", signatureOf("a"));
      expect(memo.recall("a", keyId, until)).to.equal(undefined);
      expect(memo.recall("a", "K1", expiresAt)).to.equal(undefined);
    }
  });
});
