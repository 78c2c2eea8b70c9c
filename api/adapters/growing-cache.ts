import { LRUCache } from "lru-cache";

/**
 * Keeps so many values; the least recently used goes first. The limit is one of size and not of count, for which all places
 * would be laid out at once, at every cold start.
 */
export function createGrowingCache<T extends {}>(max: number): LRUCache<string, T> {
  return new LRUCache({ maxSize: max, sizeCalculation: () => 1 });
}
