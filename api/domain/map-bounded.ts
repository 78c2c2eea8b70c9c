/** Maps with at most `limit` tasks under way. Rejects with the first failure, after which no further task is begun. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = entries(items);
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** A generator and not `items.entries()`: leaving a loop over it by an error ends it for the other workers too. */
function* entries<T>(items: readonly T[]): Generator<[number, T]> {
  for (const [index, item] of items.entries()) yield [index, item];
}
