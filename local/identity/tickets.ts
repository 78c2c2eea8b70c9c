import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";

export interface Tickets<T> {
  /** An unguessable name (256 bits, base64url) for the value, good for so many seconds. */
  issue(value: T, seconds: number): string;
  peek(ticket: string): T | undefined;
  /** The value, once: the ticket is void from then on. */
  redeem(ticket: string): T | undefined;
}

/** Short-lived secrets kept in memory only: whoever holds one when the process ends signs in again. */
export function createTickets<T extends object>(now: () => Date): Tickets<T> {
  // The bound keeps clients that never come back from filling the memory.
  const issued = new LRUCache<string, { value: T; until: number }>({ max: 10_000 });
  const peek = (ticket: string) => {
    const found = issued.get(ticket);
    return found && now().getTime() < found.until ? found.value : undefined;
  };
  return {
    issue(value, seconds) {
      const ticket = randomBytes(32).toString("base64url");
      issued.set(ticket, { value, until: now().getTime() + seconds * 1000 });
      return ticket;
    },
    peek,
    redeem(ticket) {
      const value = peek(ticket);
      issued.delete(ticket);
      return value;
    },
  };
}
