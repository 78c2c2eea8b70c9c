/** Pairs two lists of the same length; throws TypeError where the second one ends early. */
export function zip<A, B>(first: readonly A[], second: readonly (B | undefined)[]): [A, B][] {
  return first.map((a, index) => {
    const b = second[index];
    if (b === undefined) throw new TypeError(`There is nothing to pair item ${index} of ${first.length} with`);
    return [a, b];
  });
}
