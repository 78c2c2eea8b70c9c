import { expect } from "chai";
import fc from "fast-check";
import {
  areFriends,
  ask,
  block,
  type Friendship,
  indifferent,
  isBlocked,
  isSameFriendship,
  mirrored,
  part,
  statusOfFriendship,
  unblock,
} from "../../domain/friendship.ts";

const acts = { ask, part, block, unblock };

/** What I want and what they want: `a` asks, `b` blocks, `-` is indifferent. */
function between(mine: string, theirs: string): Friendship {
  const stance = (words: string) => ({ asks: words.includes("a"), blocks: words.includes("b") });
  return { mine: stance(mine), theirs: stance(theirs) };
}

/** Every state, what I see of it, and what it becomes when I do each act. */
const table: [mine: string, theirs: string, status: string, after: Record<keyof typeof acts, [string, string]>][] = [
  ["-", "-", "", { ask: ["a", "-"], part: ["-", "-"], block: ["b", "-"], unblock: ["-", "-"] }],
  ["-", "a", "incoming", { ask: ["a", "a"], part: ["-", "-"], block: ["b", "-"], unblock: ["-", "a"] }],
  ["-", "b", "", { ask: ["a", "b"], part: ["-", "b"], block: ["b", "b"], unblock: ["-", "b"] }],
  ["-", "ab", "", { ask: ["a", "ab"], part: ["-", "b"], block: ["b", "b"], unblock: ["-", "ab"] }],
  ["a", "-", "outgoing", { ask: ["a", "-"], part: ["-", "-"], block: ["b", "-"], unblock: ["a", "-"] }],
  ["a", "a", "accepted", { ask: ["a", "a"], part: ["-", "-"], block: ["b", "-"], unblock: ["a", "a"] }],
  ["a", "b", "outgoing", { ask: ["a", "b"], part: ["-", "b"], block: ["b", "b"], unblock: ["a", "b"] }],
  ["a", "ab", "outgoing", { ask: ["a", "ab"], part: ["-", "b"], block: ["b", "b"], unblock: ["a", "ab"] }],
  ["b", "-", "blocked", { ask: ["ab", "-"], part: ["b", "-"], block: ["b", "-"], unblock: ["-", "-"] }],
  ["b", "a", "blocked", { ask: ["ab", "a"], part: ["b", "-"], block: ["b", "-"], unblock: ["-", "a"] }],
  ["b", "b", "blocked", { ask: ["ab", "b"], part: ["b", "b"], block: ["b", "b"], unblock: ["-", "b"] }],
  ["b", "ab", "blocked", { ask: ["ab", "ab"], part: ["b", "b"], block: ["b", "b"], unblock: ["-", "ab"] }],
  ["ab", "-", "blocked", { ask: ["ab", "-"], part: ["b", "-"], block: ["b", "-"], unblock: ["a", "-"] }],
  ["ab", "a", "blocked", { ask: ["ab", "a"], part: ["b", "-"], block: ["b", "-"], unblock: ["a", "a"] }],
  ["ab", "b", "blocked", { ask: ["ab", "b"], part: ["b", "b"], block: ["b", "b"], unblock: ["a", "b"] }],
  ["ab", "ab", "blocked", { ask: ["ab", "ab"], part: ["b", "b"], block: ["b", "b"], unblock: ["a", "ab"] }],
];

describe("A friendship", () => {
  for (const [mine, theirs, status, after] of table) {
    it(`of ${mine} and ${theirs} shows as ${status || "nothing"}, and every act on it has its outcome`, () => {
      const friendship = between(mine, theirs);
      expect(statusOfFriendship(friendship) ?? "").to.equal(status);
      expect(areFriends(friendship)).to.equal(status === "accepted");
      for (const [name, act] of Object.entries(acts)) {
        const [mineAfter, theirsAfter] = after[name as keyof typeof acts];
        expect(act(friendship), name).to.deep.equal(between(mineAfter, theirsAfter));
      }
    });
  }

  const stance = fc.record({ asks: fc.boolean(), blocks: fc.boolean() });
  const anyFriendship = fc.record({ mine: stance, theirs: stance });
  const anyAct = fc.constantFrom(...Object.values(acts));

  it("is accepted on both sides or on neither, and blocked on both or on neither", () => {
    fc.assert(
      fc.property(anyFriendship, (friendship) => {
        expect(areFriends(mirrored(friendship))).to.equal(areFriends(friendship));
        expect(isBlocked(mirrored(friendship))).to.equal(isBlocked(friendship));
        expect(mirrored(mirrored(friendship))).to.deep.equal(friendship);
      }),
    );
  });

  it("does not change when an act is repeated", () => {
    fc.assert(
      fc.property(anyFriendship, anyAct, (friendship, act) => {
        const once = act(friendship);
        expect(isSameFriendship(act(once), once)).to.equal(true);
      }),
    );
  });

  it("shows nobody that they are blocked: what they see is what they would if they were never answered", () => {
    fc.assert(
      fc.property(anyFriendship, ({ mine, theirs }) => {
        const unanswered = { mine, theirs: indifferent };
        const blocked = { mine, theirs: { ...theirs, blocks: true } };
        expect(statusOfFriendship(blocked)).to.equal(statusOfFriendship(unanswered));
      }),
    );
  });
});
