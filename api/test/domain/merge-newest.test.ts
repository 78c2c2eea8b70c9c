import { expect } from "chai";
import fc from "fast-check";
import { mergeNewest, type Unread } from "../../domain/merge-newest.ts";

/** Sorts after every id of the tests. */
const end = "9999";
const newestFirst = (ids: Iterable<string>) => [...ids].sort().reverse();

/** Reads lists of ids a few at a time, and counts how often. */
function reader(lists: readonly (readonly string[])[], piece: number) {
  const asked: number[] = [];
  return {
    asked,
    async readOlder({ key, before }: Unread<number>) {
      asked.push(key);
      const older = newestFirst(lists[key] ?? []).filter((id) => id < before);
      return { ids: older.slice(0, piece), more: older.length > piece };
    },
  };
}

const boundsOf = (lists: readonly (readonly string[])[]) => lists.map((_, key) => ({ key, before: end }));

describe("Merging the newest of many lists", () => {
  const ids = fc
    .uniqueArray(fc.nat(5000), { maxLength: 120 })
    .map((times) => times.map((time) => String(time).padStart(4, "0")));

  it("finds what sorting all of them would", async () => {
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 7 }),
        async (all, limit, piece) => {
          const lists = Array.from({ length: 50 }, (_, list) => all.filter((_, index) => index % 50 === list));
          const { readOlder } = reader(lists, piece);
          expect(await mergeNewest(boundsOf(lists), limit, readOlder)).to.deep.equal(newestFirst(all).slice(0, limit));
        },
      ),
    );
  });

  it("asks only those whose newest may be among them", async () => {
    const lists = Array.from({ length: 1000 }, (_, index) => [String(index).padStart(4, "0")]);
    const { readOlder, asked } = reader(lists, 5);
    const unread = lists.map(([id = ""], key) => ({ key, before: `${id}~` }));
    expect(await mergeNewest(unread, 3, readOlder)).to.deep.equal(["0999", "0998", "0997"]);
    expect(asked).to.have.length(32);
  });

  it("reads a long list on for as long as it leads, and a list no further than it can matter", async () => {
    const long = Array.from({ length: 40 }, (_, index) => String(5000 + index));
    const { readOlder, asked } = reader([long, ["0001"]], 10);
    expect(
      await mergeNewest(
        [
          { key: 0, before: end },
          { key: 1, before: "0002" },
        ],
        25,
        readOlder,
      ),
    ).to.deep.equal(newestFirst(long).slice(0, 25));
    expect(asked.filter((key) => key === 0)).to.have.length(3);
    expect(asked.filter((key) => key === 1)).to.have.length(1);
  });

  it("finds nothing where there is nothing", async () => {
    const { readOlder, asked } = reader([], 5);
    expect(await mergeNewest([], 10, readOlder)).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });
});
