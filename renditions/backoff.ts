const firstSeconds = 30;
const longestSeconds = 15 * 60;

/**
 * How long a message that was received so often, counted from 1, waits for its next attempt: longer each time. What fails for
 * want of something else is tried again soon, and an outage of an hour is outlasted before the message is given up.
 */
export function backoffSeconds(receives: number): number {
  return Math.min(firstSeconds * 2 ** (receives - 1), longestSeconds);
}
